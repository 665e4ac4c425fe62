-- Undoes 0020_lines.sql: further person lines, the cases made of them and the marks of what was carried over are lost.
DROP TABLE application_line;
DROP TRIGGER IF EXISTS application_event_no_delete;
DELETE FROM application_event WHERE application IN (SELECT id FROM application WHERE envelope <> '');
DELETE FROM application WHERE envelope <> '';
CREATE TABLE application_old (
    id TEXT PRIMARY KEY,
    slip TEXT NOT NULL UNIQUE REFERENCES slip (id),
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
    page TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
INSERT INTO application_old SELECT id, slip, form, form_day, state, atena, fact_date, keyer, session, urgent_until, opened_at,
        saved_at, entered_at, keyed, typed, reasons, page, field FROM application;
DROP TABLE application;
ALTER TABLE application_old RENAME TO application;
CREATE INDEX ix_application_state ON application (state);
CREATE INDEX ix_application_person ON application (atena, form) WHERE atena <> '';
