-- What every other table leans on: the log of acts, the outbox, what the segment has told us.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    entry BLOB NOT NULL,          -- canonical bytes, hashed as they stand
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE audit_anchor (       -- heads the gateway has countersigned, oldest first
    seq INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    countersigned_at TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,      -- made once; the gateway keeps one row per id however often it is sent
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ix_outbox_state ON outbox (state, seq);

CREATE TABLE sync_state (         -- one row per name: 'changes' = the cursor already pulled
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ward_setting (       -- pulled from the segment; the ward decides, a terminal only reads
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    cursor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE presence (           -- 入退室: recorded by ward staff
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    day TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    locker TEXT NOT NULL DEFAULT '',
    left_at TEXT NOT NULL DEFAULT '',
    left_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_presence_open ON presence (person) WHERE left_at = '';
CREATE INDEX ix_presence_day ON presence (day, entered_at);
