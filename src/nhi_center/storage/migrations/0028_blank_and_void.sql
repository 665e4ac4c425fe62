-- Blank sheets spoiled without a job; a certificate the ward has made void is not the live one of its application any more.
CREATE TABLE blank_spoiled (      -- append-only: 書損(白紙), each a second person's signature over a range of numbers
    id TEXT PRIMARY KEY,          -- the slip of these sheets in the ledger
    prefix TEXT NOT NULL,
    first INTEGER NOT NULL CHECK (first > 0),
    last INTEGER NOT NULL CHECK (last >= first),
    reason TEXT NOT NULL,
    reported_by TEXT NOT NULL,
    at TEXT NOT NULL,
    contents TEXT NOT NULL,       -- canonical JSON, exactly what was signed
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE certificate_job ADD COLUMN void INTEGER NOT NULL DEFAULT 0;     -- 無効: stays for ever, the right one is a job of its own
UPDATE certificate_job SET void = 1 WHERE id IN (SELECT job FROM certificate_life WHERE what = 'void');
DROP INDEX ux_certificate_job_live;
DROP INDEX ux_certificate_job_renewal;
CREATE UNIQUE INDEX ux_certificate_job_live ON certificate_job (application) WHERE spoiled = 0 AND void = 0;
CREATE UNIQUE INDEX ux_certificate_job_renewal ON certificate_job (renewal, atena)
    WHERE spoiled = 0 AND void = 0 AND renewal <> '';
