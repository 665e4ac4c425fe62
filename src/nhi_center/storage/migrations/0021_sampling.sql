-- 照合の割合と入力の統計: what share is keyed twice, and one line of counters for each opening of a paper.
CREATE TABLE verification_rate (  -- append-only: of the same form, person and day the last one set stands
    id TEXT PRIMARY KEY,
    form TEXT NOT NULL,           -- '' means every form
    person TEXT NOT NULL,         -- the keyer; '' means every keyer
    percent INTEGER NOT NULL CHECK (percent BETWEEN 10 AND 100),
    from_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE keying (             -- one opening of one paper by one person; counters alone, never what was typed
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    application TEXT NOT NULL REFERENCES application (id),
    mode TEXT NOT NULL CHECK (mode IN ('entry', 'correction', 'verification')),
    person TEXT NOT NULL,
    keyer TEXT NOT NULL,          -- whose entry it is; in 照合 another than person
    form TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    seconds INTEGER NOT NULL DEFAULT 0,
    pause_seconds INTEGER NOT NULL DEFAULT 0,
    keystrokes INTEGER NOT NULL DEFAULT 0,
    bad_keystrokes INTEGER NOT NULL DEFAULT 0,
    cases INTEGER NOT NULL DEFAULT 0,
    records INTEGER NOT NULL DEFAULT 0,
    fields_verified INTEGER NOT NULL DEFAULT 0,
    keyer_wrong INTEGER NOT NULL DEFAULT 0,
    verifier_wrong INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX ix_keying_application ON keying (application, session);
CREATE INDEX ix_keying_started ON keying (started_at);
