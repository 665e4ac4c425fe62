-- 入力: applications, their steps, questions to the ward.
CREATE TABLE application (
    id TEXT PRIMARY KEY,
    slip TEXT NOT NULL UNIQUE REFERENCES slip (id),
    form TEXT NOT NULL,
    form_day TEXT NOT NULL,       -- chooses the version of the form
    state TEXT NOT NULL CHECK (state IN ('received', 'drafting', 'entered', 'verified', 'reviewed', 'done', 'held', 'returned')),
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
    page TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_application_state ON application (state);
CREATE INDEX ix_application_person ON application (atena, form) WHERE atena <> '';

CREATE TABLE application_event (  -- append-only
    seq INTEGER PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    frm TEXT NOT NULL,
    dst TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ix_application_event ON application_event (application, seq);

CREATE TABLE hold (               -- 保留・照会
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
    question TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    held_from TEXT NOT NULL,
    place TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    answered_by TEXT NOT NULL DEFAULT '',
    answered_at TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_hold_open ON hold (application) WHERE answered_at = '';
CREATE INDEX ix_hold_application ON hold (application, asked_at);
