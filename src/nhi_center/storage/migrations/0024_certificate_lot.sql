-- 検品: a second person's signature over the sheets of a lot that he found good.
CREATE TABLE certificate_lot (    -- append-only
    id TEXT PRIMARY KEY,
    contents TEXT NOT NULL,       -- canonical JSON, exactly what was signed: jobs and numbers
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
