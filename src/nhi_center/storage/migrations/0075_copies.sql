-- 情報管理台帳 (特9): every second copy of personal data, under which 承諾番号 of the ward it was made, and what became of it.
CREATE TABLE copy_approval (        -- append-only: what the ward has agreed to
    number TEXT PRIMARY KEY,        -- 承諾番号
    kinds TEXT NOT NULL,            -- kinds of copies, with a space between
    standing INTEGER NOT NULL CHECK (standing IN (0, 1)),   -- 1: every copy of the period; 0: one copy
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE second_copy (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('register', 'backup', 'recovery', 'export', 'list')),
    items TEXT NOT NULL,            -- 項目
    count INTEGER NOT NULL CHECK (count >= 0),
    medium TEXT NOT NULL,
    place TEXT NOT NULL,            -- file or place, without a personal value
    approval TEXT NOT NULL DEFAULT '',      -- '' : none yet, shown in red
    received TEXT NOT NULL,         -- made or received; days, ISO
    returned TEXT NOT NULL DEFAULT '',
    erased TEXT NOT NULL DEFAULT '',
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_second_copy_received ON second_copy (received);
CREATE INDEX ix_second_copy_place ON second_copy (place) WHERE erased = '';
