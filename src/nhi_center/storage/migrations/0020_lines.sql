-- 受付の対象者: further person lines while an envelope is keyed, a case of its own for each once the ward has reviewed it.
CREATE TABLE application_new (
    id TEXT PRIMARY KEY,
    slip TEXT NOT NULL REFERENCES slip (id),
    envelope TEXT NOT NULL DEFAULT '',      -- the application whose further person line this was; '' for the paper itself
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
    carried TEXT NOT NULL DEFAULT '{}',     -- JSON: by field taken over from elsewhere, whether the keyer has confirmed it
    page TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
INSERT INTO application_new (id, slip, form, form_day, state, atena, fact_date, keyer, session, urgent_until, opened_at, saved_at,
        entered_at, keyed, typed, reasons, page, field)
    SELECT id, slip, form, form_day, state, atena, fact_date, keyer, session, urgent_until, opened_at, saved_at,
        entered_at, keyed, typed, reasons, page, field FROM application;
DROP TABLE application;
ALTER TABLE application_new RENAME TO application;
CREATE UNIQUE INDEX ux_application_slip ON application (slip) WHERE envelope = '';
CREATE INDEX ix_application_state ON application (state);
CREATE INDEX ix_application_person ON application (atena, form) WHERE atena <> '';
CREATE INDEX ix_application_envelope ON application (envelope) WHERE envelope <> '';

CREATE TABLE application_line (   -- lines 2 and on while the envelope is on its way to the review; line 1 stands in application
    application TEXT NOT NULL REFERENCES application (id),
    number INTEGER NOT NULL CHECK (number > 1),
    form TEXT NOT NULL,
    atena TEXT NOT NULL DEFAULT '',
    fact_date TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (application, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_application_line_person ON application_line (atena) WHERE atena <> '';
