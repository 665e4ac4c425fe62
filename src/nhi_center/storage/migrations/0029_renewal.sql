-- 一斉更新: the ward's orders, who belongs to each, and the covers (台紙) under which a household's documents go out.
CREATE TABLE renewal (
    id TEXT PRIMARY KEY,
    ward_order TEXT NOT NULL,     -- 区の依頼番号
    groups TEXT NOT NULL,         -- under_70, from_70, with a space between
    issued TEXT NOT NULL,         -- 交付年月日
    made_at TEXT NOT NULL,
    by TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT '',
    ended_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE renewal_person (
    renewal TEXT NOT NULL REFERENCES renewal (id),
    atena TEXT NOT NULL,
    household TEXT NOT NULL,
    kind TEXT NOT NULL,
    lot INTEGER NOT NULL DEFAULT 0 CHECK (lot >= 0),      -- 0: nothing is printed for now
    place INTEGER NOT NULL DEFAULT 0,                     -- in the order of the post
    reason TEXT NOT NULL DEFAULT '',                      -- what stands in the way, codes with a space between
    pulled TEXT NOT NULL DEFAULT '',                      -- 引抜きの理由
    detail TEXT NOT NULL DEFAULT '',                      -- the characters no font has
    digest TEXT NOT NULL DEFAULT '',                      -- SHA-256 of what was to be printed at the extraction
    PRIMARY KEY (renewal, atena)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_renewal_person_lot ON renewal_person (renewal, lot, place);

CREATE TABLE renewal_event (      -- append-only: who was pulled out or put back, when and why
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    renewal TEXT NOT NULL REFERENCES renewal (id),
    atena TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('pulled', 'put_back', 'changed')),
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_renewal_event ON renewal_event (renewal, atena, seq);

CREATE TABLE cover (              -- 台紙: one A4 sheet for what goes to one household in one envelope
    id TEXT PRIMARY KEY,
    household TEXT NOT NULL,
    contents TEXT NOT NULL,       -- JSON: exactly what is printed
    state TEXT NOT NULL CHECK (state IN ('printing', 'needs_check', 'good', 'spoiled', 'not_printed')),
    reason TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    by TEXT NOT NULL,
    checked_at TEXT NOT NULL DEFAULT '',
    checked_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_cover_state ON cover (state);

CREATE TABLE cover_job (          -- append-only: which certificates lie under it
    cover TEXT NOT NULL REFERENCES cover (id),
    job TEXT NOT NULL REFERENCES certificate_job (id),
    PRIMARY KEY (cover, job)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_cover_job ON cover_job (job);
