-- 回答例: the ward's own versions of the answers beside the telephone, each approved by a second person of the ward.
CREATE TABLE call_answer (        -- append-only: of an answer the version written last stands
    id TEXT PRIMARY KEY,
    answer TEXT NOT NULL,         -- 06-2, as calls cite it
    contents TEXT NOT NULL,       -- canonical JSON, exactly what was signed
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_call_answer ON call_answer (answer);
