-- 契約: what both sides signed, entry by entry; of one number the last entry stands.
CREATE TABLE contract (            -- append-only
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    contents TEXT NOT NULL,
    signatures TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    terminal TEXT NOT NULL
) STRICT, WITHOUT ROWID;
