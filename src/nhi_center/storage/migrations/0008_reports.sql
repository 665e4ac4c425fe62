-- 集計・報告: the monthly reports that were written, with what was signed.
CREATE TABLE report (              -- append-only: a later one of the same month is a file of its own
    id TEXT PRIMARY KEY,
    month TEXT NOT NULL,
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    contents TEXT NOT NULL,        -- canonical JSON, exactly what was signed
    made_at TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_report_month ON report (month, made_at);
