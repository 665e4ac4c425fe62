-- 許可していない装置: what was plugged in without the ward's approval. Exports and printing stop until ward staff have looked at it.
CREATE TABLE device_hold (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL,        -- vendor:product, or block: and the kernel's name
    serial TEXT NOT NULL DEFAULT '',
    holds_data INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '',
    looked_at TEXT NOT NULL DEFAULT '',
    looked_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_device_hold_open ON device_hold (seen_at) WHERE looked_at = '';
