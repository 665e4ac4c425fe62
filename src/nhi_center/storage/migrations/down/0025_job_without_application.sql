-- Undoes 0025_job_without_application.sql. Jobs of a 一斉更新 have no place before it: their sheets are lost to the store.
-- changes the number of rows of: certificate_job certificate_event certificate_signature certificate_life
DROP TRIGGER certificate_event_no_delete;
DROP TRIGGER certificate_signature_no_delete;
DROP TRIGGER certificate_life_no_delete;
DELETE FROM certificate_event WHERE job IN (SELECT id FROM certificate_job WHERE renewal <> '');
DELETE FROM certificate_signature WHERE job IN (SELECT id FROM certificate_job WHERE renewal <> '');
DELETE FROM certificate_life WHERE job IN (SELECT id FROM certificate_job WHERE renewal <> '');
CREATE TABLE certificate_job_old (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
    kind TEXT NOT NULL,
    atena TEXT NOT NULL,
    snapshot TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL CHECK (state IN ('queued', 'printing', 'needs_check', 'good', 'spoiled_waiting', 'spoiled',
        'submitted', 'received', 'blocked')),
    reason TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    serial TEXT NOT NULL DEFAULT '',
    sheets INTEGER NOT NULL DEFAULT 1 CHECK (sheets > 0),
    printer TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    spoiled INTEGER NOT NULL DEFAULT 0,
    spoil_reason TEXT NOT NULL DEFAULT '',
    reported_by TEXT NOT NULL DEFAULT '',
    replaces TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO certificate_job_old SELECT id, application, kind, atena, snapshot, state, reason, detail, serial, sheets, printer,
    attempts, spoiled, spoil_reason, reported_by, replaces, made_at FROM certificate_job WHERE renewal = '';
DROP TABLE certificate_job;
ALTER TABLE certificate_job_old RENAME TO certificate_job;
CREATE UNIQUE INDEX ux_certificate_job_live ON certificate_job (application) WHERE spoiled = 0;
CREATE UNIQUE INDEX ux_certificate_job_serial ON certificate_job (serial) WHERE serial <> '';
CREATE INDEX ix_certificate_job_state ON certificate_job (state);
CREATE INDEX ix_certificate_job_atena ON certificate_job (atena, made_at);
