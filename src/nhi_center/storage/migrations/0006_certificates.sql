-- 証等の出力: one job per sheet, its steps, approvals of spoiled sheets, the numbered paper.
CREATE TABLE certificate_job (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
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
    attempts INTEGER NOT NULL DEFAULT 0,
    spoiled INTEGER NOT NULL DEFAULT 0,     -- stays when the sheet is submitted: the next print is a job of its own
    spoil_reason TEXT NOT NULL DEFAULT '',
    reported_by TEXT NOT NULL DEFAULT '',
    replaces TEXT NOT NULL DEFAULT '',      -- the spoiled job this one prints again
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_certificate_job_live ON certificate_job (application) WHERE spoiled = 0;
CREATE UNIQUE INDEX ux_certificate_job_serial ON certificate_job (serial) WHERE serial <> '';
CREATE INDEX ix_certificate_job_state ON certificate_job (state);

CREATE TABLE certificate_event (  -- append-only
    seq INTEGER PRIMARY KEY,
    job TEXT NOT NULL REFERENCES certificate_job (id),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    frm TEXT NOT NULL DEFAULT '',
    dst TEXT NOT NULL,
    serial TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ix_certificate_event ON certificate_event (job, seq);

CREATE TABLE certificate_signature (        -- append-only: 書損の承認 over exactly what was shown
    job TEXT PRIMARY KEY REFERENCES certificate_job (id),
    contents TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_stock (        -- 番号付き用紙: one row per pack and day, what is left goes on the next day
    prefix TEXT NOT NULL,
    day TEXT NOT NULL,
    first INTEGER NOT NULL CHECK (first > 0),
    opened INTEGER NOT NULL CHECK (opened >= 0),
    taken INTEGER NOT NULL DEFAULT 0,
    spoiled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (prefix, day, first),
    CHECK (0 <= spoiled AND spoiled <= taken AND taken <= opened)
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_event (        -- append-only: every number's way
    seq INTEGER PRIMARY KEY,
    prefix TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('received', 'taken', 'put_back', 'spoiled')),
    number INTEGER NOT NULL,
    sheets INTEGER NOT NULL DEFAULT 1,
    job TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
