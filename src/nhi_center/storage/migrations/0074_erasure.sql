-- 消去: what was agreed by two, how far it has come, and its proof. The rows stay when the data is gone.
CREATE TABLE erasure (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('month', 'all', 'disk')),
    month TEXT NOT NULL DEFAULT '',         -- '' unless it is of a month
    contents TEXT NOT NULL,                 -- canonical JSON, exactly what both signed: counts, no person
    state TEXT NOT NULL CHECK (state IN ('agreed', 'partial', 'done')),
    agreed_at TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT '',
    findings TEXT NOT NULL DEFAULT '[]',    -- JSON: what was tried to be read, and what could
    entry INTEGER NOT NULL DEFAULT 0        -- the log's entry that tells how it ended
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_erasure_open ON erasure (scope, month) WHERE state <> 'done' AND scope <> 'disk';

CREATE TABLE erasure_signature (            -- append-only
    erasure TEXT NOT NULL REFERENCES erasure (id),
    side TEXT NOT NULL CHECK (side IN ('supervisor', 'ward')),
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (erasure, side)
) STRICT, WITHOUT ROWID;

CREATE TABLE erasure_step (                 -- append-only: what was done, in any order, once
    erasure TEXT NOT NULL REFERENCES erasure (id),
    step TEXT NOT NULL,
    done_at TEXT NOT NULL,
    findings TEXT NOT NULL DEFAULT '[]',    -- JSON: what could be seen at this step alone
    PRIMARY KEY (erasure, step)
) STRICT, WITHOUT ROWID;

ALTER TABLE month_key ADD COLUMN destroyed_at TEXT NOT NULL DEFAULT '';   -- nobody makes, seals or sends a key of this month again
