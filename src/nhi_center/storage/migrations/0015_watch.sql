-- 動作点検: what the checks found, and how far the operating system's own records have been read.
CREATE TABLE self_check (           -- the newest hundred; the log keeps that each was made, and its counts
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,               -- the office's wall clock
    person TEXT NOT NULL,           -- who asked for it; the terminal after a sign-in
    findings TEXT NOT NULL          -- canonical JSON
) STRICT;
CREATE TABLE watch_state (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL             -- canonical JSON
) STRICT, WITHOUT ROWID;
