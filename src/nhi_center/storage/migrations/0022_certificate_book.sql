-- 証の台帳: what becomes of a certificate after the ward has it, counts of the numbered paper, the ward's seal.
CREATE TABLE certificate_life (   -- append-only: the newest of a job stands
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES certificate_job (id),
    what TEXT NOT NULL CHECK (what IN ('issued', 'mail_returned', 'given_back', 'collected', 'void')),
    day TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL DEFAULT '',       -- the ward's instruction
    tracking TEXT NOT NULL DEFAULT '',    -- 追跡番号 of the letter
    cabinet TEXT NOT NULL DEFAULT '',     -- where a returned letter lies
    due TEXT NOT NULL DEFAULT '',         -- by when a void one is to be called in
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_certificate_life_job ON certificate_life (job, seq);

CREATE TABLE paper_count (        -- append-only: blank sheets counted by hand
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    prefix TEXT NOT NULL,
    day TEXT NOT NULL,
    moment TEXT NOT NULL CHECK (moment IN ('opening', 'closing')),
    first TEXT NOT NULL,          -- the lowest number that lies there; '' where none does
    counted INTEGER NOT NULL CHECK (counted >= 0),
    expected INTEGER NOT NULL CHECK (expected >= 0),
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_paper_count_day ON paper_count (day, prefix);

CREATE TABLE seal (               -- 公印: image NULL once withdrawn; the line stays
    id TEXT PRIMARY KEY,
    from_day TEXT NOT NULL,
    image BLOB,
    sha256 TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL DEFAULT '',
    withdrawn_at TEXT NOT NULL DEFAULT '',
    withdrawn_reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
