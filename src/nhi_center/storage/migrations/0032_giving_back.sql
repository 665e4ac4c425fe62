-- 返す: applications that went back to the ward unkeyed, and why.
CREATE TABLE giving_back (        -- append-only
    application TEXT PRIMARY KEY REFERENCES application (id),
    reason TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
