-- 許可した入力機器: scanners and keyboards the ward has approved. Withdrawn once, never deleted.
CREATE TABLE scanner (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL,        -- vendor:product
    serial TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    approval TEXT NOT NULL,       -- 区の承認番号
    allowed_at TEXT NOT NULL,
    allowed_by TEXT NOT NULL,
    withdrawn_at TEXT NOT NULL DEFAULT '',
    withdrawn_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_scanner_active ON scanner (product, serial) WHERE withdrawn_at = '';
