-- Undoes 0053_lease.sql: work that has gone to another terminal is a draft here again, and nobody knows where its paper went.
-- changes the number of rows of: slip
DROP TABLE transfer;
DROP TABLE taking;
DROP TABLE lease;
CREATE TABLE balance_old (
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    place TEXT NOT NULL,
    slip TEXT NOT NULL DEFAULT '',
    cabinet TEXT NOT NULL DEFAULT '',
    sheets INTEGER NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (kind, batch, place, slip, cabinet),
    CHECK (sheets >= 0 OR place IN ('ward', 'made')),
    CHECK (cabinet = '' OR place = 'cabinet')
) STRICT, WITHOUT ROWID;
INSERT INTO balance_old SELECT kind, batch, CASE place WHEN 'other' THEN 'made' ELSE place END, slip, cabinet, sheets, since
    FROM balance;
DROP TABLE balance;
ALTER TABLE balance_old RENAME TO balance;
CREATE INDEX ix_balance_place ON balance (place) WHERE sheets > 0;
CREATE INDEX ix_balance_slip ON balance (slip) WHERE sheets > 0;
CREATE INDEX ix_balance_sum ON balance (place, sheets);
CREATE TABLE application_old (
    id TEXT PRIMARY KEY,
    slip TEXT NOT NULL REFERENCES slip (id),
    envelope TEXT NOT NULL DEFAULT '',
    form TEXT NOT NULL,
    form_day TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('received', 'drafting', 'entered', 'verified', 'reviewed', 'done', 'held', 'returned')),
    atena TEXT NOT NULL DEFAULT '',
    fact_date TEXT NOT NULL DEFAULT '',
    keyer TEXT NOT NULL DEFAULT '',
    session TEXT NOT NULL DEFAULT '',
    urgent_until TEXT NOT NULL DEFAULT '',
    opened_at TEXT NOT NULL DEFAULT '',
    saved_at TEXT NOT NULL DEFAULT '',
    entered_at TEXT NOT NULL DEFAULT '',
    keyed TEXT NOT NULL DEFAULT '{}',
    typed TEXT NOT NULL DEFAULT '{}',
    reasons TEXT NOT NULL DEFAULT '{}',
    carried TEXT NOT NULL DEFAULT '{}',
    page TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
INSERT INTO application_old SELECT id, slip, envelope, form, form_day, CASE state WHEN 'elsewhere' THEN 'drafting' ELSE state END,
    atena, fact_date, keyer, session, urgent_until, opened_at, saved_at, entered_at, keyed, typed, reasons, carried, page, field
    FROM application;
DROP TABLE application;
ALTER TABLE application_old RENAME TO application;
CREATE UNIQUE INDEX ux_application_slip ON application (slip) WHERE envelope = '';
CREATE INDEX ix_application_state ON application (state);
CREATE INDEX ix_application_person ON application (atena, form) WHERE atena <> '';
CREATE INDEX ix_application_envelope ON application (envelope) WHERE envelope <> '';
CREATE TABLE slip_old (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    day TEXT NOT NULL,
    batch TEXT NOT NULL REFERENCES handover (id),
    kind TEXT NOT NULL,
    sheets INTEGER NOT NULL DEFAULT 0 CHECK (sheets >= 0),
    UNIQUE (day, number)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO slip_old SELECT id, number, day, batch, kind, sheets FROM slip ORDER BY origin;
DROP TABLE slip;
ALTER TABLE slip_old RENAME TO slip;
CREATE INDEX ix_slip_batch ON slip (batch, kind);
CREATE INDEX ix_slip_unsorted ON slip (sheets) WHERE sheets = 0;
