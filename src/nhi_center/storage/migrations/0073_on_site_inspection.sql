-- 立入り調査: what happened to each, here and at the other terminals; beside it what is written at this terminal while one goes on.
CREATE TABLE on_site_event (          -- append-only
    id TEXT PRIMARY KEY,
    inspection TEXT NOT NULL,
    act TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    terminal TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE on_site_line (           -- until both have signed
    inspection TEXT NOT NULL,
    measure TEXT NOT NULL,
    verdict TEXT NOT NULL,
    words TEXT NOT NULL,
    due TEXT NOT NULL,
    shown TEXT NOT NULL,
    PRIMARY KEY (inspection, measure)
) STRICT, WITHOUT ROWID;
