-- 端末間の引渡し: papers of other terminals, work that has gone to one, what the room knows of shared work, what moved.
CREATE TABLE slip_new (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    day TEXT NOT NULL,
    batch TEXT NOT NULL,          -- the 便; of another terminal's paper, one that this store does not know
    kind TEXT NOT NULL,
    sheets INTEGER NOT NULL DEFAULT 0 CHECK (sheets >= 0),
    origin TEXT NOT NULL DEFAULT '',        -- the terminal that gave the number; '' for this one
    UNIQUE (day, number, origin)
) STRICT, WITHOUT ROWID;
INSERT INTO slip_new (id, number, day, batch, kind, sheets) SELECT id, number, day, batch, kind, sheets FROM slip;
DROP TABLE slip;
ALTER TABLE slip_new RENAME TO slip;
CREATE INDEX ix_slip_batch ON slip (batch, kind);
CREATE INDEX ix_slip_unsorted ON slip (sheets) WHERE sheets = 0;

CREATE TABLE application_new (
    id TEXT PRIMARY KEY,
    slip TEXT NOT NULL REFERENCES slip (id),
    envelope TEXT NOT NULL DEFAULT '',      -- the application whose further person line this was; '' for the paper itself
    form TEXT NOT NULL,
    form_day TEXT NOT NULL,       -- chooses the version of the form
    state TEXT NOT NULL CHECK (state IN ('received', 'drafting', 'entered', 'verified', 'reviewed', 'done', 'held', 'returned',
        'elsewhere')),
    atena TEXT NOT NULL DEFAULT '',
    fact_date TEXT NOT NULL DEFAULT '',     -- the day of the fact, for the search of duplicates
    keyer TEXT NOT NULL DEFAULT '',
    session TEXT NOT NULL DEFAULT '',       -- the sign-in that has it open
    urgent_until TEXT NOT NULL DEFAULT '',
    opened_at TEXT NOT NULL DEFAULT '',
    saved_at TEXT NOT NULL DEFAULT '',
    entered_at TEXT NOT NULL DEFAULT '',
    keyed TEXT NOT NULL DEFAULT '{}',       -- JSON: value by field, as read
    typed TEXT NOT NULL DEFAULT '{}',       -- JSON: text by field, where it differs from the value or does not read
    reasons TEXT NOT NULL DEFAULT '{}',     -- JSON: reason code by finding
    carried TEXT NOT NULL DEFAULT '{}',     -- JSON: by field taken over from elsewhere, whether the keyer has confirmed it
    page TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
INSERT INTO application_new SELECT * FROM application;
DROP TABLE application;
ALTER TABLE application_new RENAME TO application;
CREATE UNIQUE INDEX ux_application_slip ON application (slip) WHERE envelope = '';
CREATE INDEX ix_application_state ON application (state);
CREATE INDEX ix_application_person ON application (atena, form) WHERE atena <> '';
CREATE INDEX ix_application_envelope ON application (envelope) WHERE envelope <> '';

CREATE TABLE balance_new (
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    place TEXT NOT NULL,
    slip TEXT NOT NULL DEFAULT '',
    cabinet TEXT NOT NULL DEFAULT '',   -- its number, for the place 'cabinet' alone; '' there: nobody has said which
    sheets INTEGER NOT NULL,
    since TEXT NOT NULL,                -- the last movement into the place
    PRIMARY KEY (kind, batch, place, slip, cabinet),
    CHECK (sheets >= 0 OR place IN ('ward', 'made', 'other')),
    CHECK (cabinet = '' OR place = 'cabinet')
) STRICT, WITHOUT ROWID;
INSERT INTO balance_new SELECT * FROM balance;
DROP TABLE balance;
ALTER TABLE balance_new RENAME TO balance;
CREATE INDEX ix_balance_place ON balance (place) WHERE sheets > 0;
CREATE INDEX ix_balance_slip ON balance (slip) WHERE sheets > 0;
CREATE INDEX ix_balance_sum ON balance (place, sheets);

CREATE TABLE lease (                -- shared work of the room, as the segment last told
    slip TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    holder TEXT NOT NULL,
    body TEXT NOT NULL              -- canonical JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE taking (               -- asked for and not here yet: the same question is asked again
    slip TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    how TEXT NOT NULL,
    body TEXT NOT NULL              -- canonical JSON: what is asked, and how many sheets were counted
) STRICT, WITHOUT ROWID;

CREATE TABLE transfer (             -- append-only: sheets that left this ledger for another terminal's, or came from one
    movement TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('out', 'in')),
    slip TEXT NOT NULL REFERENCES slip (id),
    sheets INTEGER NOT NULL CHECK (sheets > 0),
    terminal TEXT NOT NULL,         -- of the other side; '' while nobody has taken it
    person TEXT NOT NULL,           -- who counted it
    other_person TEXT NOT NULL,     -- who laid it down, for what came in; the same person: his own move
    came_at TEXT NOT NULL,          -- when the paper came from the ward (wall clock, ISO)
    at TEXT NOT NULL,
    PRIMARY KEY (movement, way)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_transfer_slip ON transfer (slip);
