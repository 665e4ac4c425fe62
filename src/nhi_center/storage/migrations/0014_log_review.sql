-- アクセスログ点検: what the reviewers found out about each flag, and the monthly sheets that were signed.
CREATE TABLE log_remark (          -- append-only: the newest of a flag stands
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    flag TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('checked', 'reported')),
    words TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;

CREATE TABLE log_review (          -- append-only: a later one of the same month is a file of its own
    id TEXT PRIMARY KEY,
    month TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    contents TEXT NOT NULL,        -- canonical JSON, exactly what was signed: every flag with its remark
    made_at TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_log_review_month ON log_review (month, made_at);
