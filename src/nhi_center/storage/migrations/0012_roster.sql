-- 従事者名簿: what happened to each entry, here and at the other terminals; the roster is what it adds up to.
CREATE TABLE roster_event (        -- append-only
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    revision INTEGER NOT NULL,
    act TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    terminal TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_roster_event_person ON roster_event (person, revision);
