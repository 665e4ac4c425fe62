-- 一斉更新 prints without an application; what last went wrong with a job stays readable.
CREATE TABLE certificate_job_new (
    id TEXT PRIMARY KEY,
    application TEXT REFERENCES application (id),     -- NULL: of a 一斉更新, which nobody applied for
    renewal TEXT NOT NULL DEFAULT '',       -- the 一斉更新 it belongs to
    kind TEXT NOT NULL,
    atena TEXT NOT NULL,
    snapshot TEXT NOT NULL DEFAULT '{}',    -- JSON: exactly what is printed; empty while nothing could be
    state TEXT NOT NULL CHECK (state IN ('queued', 'printing', 'needs_check', 'good', 'spoiled_waiting', 'spoiled',
        'submitted', 'received', 'blocked')),
    reason TEXT NOT NULL DEFAULT '',        -- what stands in the way, codes with a space between
    detail TEXT NOT NULL DEFAULT '',        -- the characters no font has
    serial TEXT NOT NULL DEFAULT '',        -- number of the paper; kept for ever once a person has seen the sheet
    sheets INTEGER NOT NULL DEFAULT 1 CHECK (sheets > 0),
    printer TEXT NOT NULL DEFAULT '',       -- what the printer called the last hand-over
    error TEXT NOT NULL DEFAULT '',         -- the last thing that went wrong: when, code and sentence
    attempts INTEGER NOT NULL DEFAULT 0,
    spoiled INTEGER NOT NULL DEFAULT 0,     -- stays when the sheet is submitted: the next print is a job of its own
    spoil_reason TEXT NOT NULL DEFAULT '',
    reported_by TEXT NOT NULL DEFAULT '',
    replaces TEXT NOT NULL DEFAULT '',      -- the spoiled job this one prints again
    made_at TEXT NOT NULL,
    CHECK ((application IS NULL) = (renewal <> ''))
) STRICT, WITHOUT ROWID;
INSERT INTO certificate_job_new (id, application, kind, atena, snapshot, state, reason, detail, serial, sheets, printer, attempts,
    spoiled, spoil_reason, reported_by, replaces, made_at)
    SELECT id, application, kind, atena, snapshot, state, reason, detail, serial, sheets, printer, attempts, spoiled,
        spoil_reason, reported_by, replaces, made_at FROM certificate_job;
DROP TABLE certificate_job;
ALTER TABLE certificate_job_new RENAME TO certificate_job;
CREATE UNIQUE INDEX ux_certificate_job_live ON certificate_job (application) WHERE spoiled = 0;
CREATE UNIQUE INDEX ux_certificate_job_renewal ON certificate_job (renewal, atena) WHERE spoiled = 0 AND renewal <> '';
CREATE UNIQUE INDEX ux_certificate_job_serial ON certificate_job (serial) WHERE serial <> '';
CREATE INDEX ix_certificate_job_state ON certificate_job (state);
CREATE INDEX ix_certificate_job_atena ON certificate_job (atena, made_at);
