-- 電話: one row per call, its draft as typed (JSON), and the call-backs promised in it.
CREATE TABLE call (
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    seq INTEGER NOT NULL,         -- running number of the day on this terminal
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT '',
    clerk TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('talking', 'wrap_up', 'done', 'dropped')),
    draft TEXT NOT NULL,
    told_at TEXT NOT NULL DEFAULT '',
    returns TEXT NOT NULL DEFAULT '',   -- the call-back this call answers
    atena TEXT NOT NULL DEFAULT '',     -- the draft's, for 前回の電話
    level TEXT NOT NULL DEFAULT '',
    UNIQUE (day, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_call_state ON call (state, day, seq);
CREATE INDEX ix_call_atena ON call (atena, day, seq) WHERE atena <> '';

CREATE TABLE call_back (
    id TEXT PRIMARY KEY,
    call TEXT NOT NULL REFERENCES call (id),
    number TEXT NOT NULL,
    due TEXT NOT NULL,
    owner TEXT NOT NULL DEFAULT '',     -- '' = anyone
    registered INTEGER NOT NULL,        -- 1 = the number the register has for the person
    booked_by TEXT NOT NULL,
    booked_at TEXT NOT NULL,
    done_at TEXT NOT NULL DEFAULT '',
    done_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_call_back_open ON call_back (due) WHERE done_at = '';
