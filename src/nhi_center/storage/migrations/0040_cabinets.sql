-- 保管庫: a cabinet's number is part of the ledger's account; the register of cabinets with their keys and locks; the counts.
ALTER TABLE movement ADD COLUMN frm_cabinet TEXT NOT NULL DEFAULT '';
ALTER TABLE movement ADD COLUMN dst_cabinet TEXT NOT NULL DEFAULT '';
CREATE INDEX ix_movement_batch ON movement (kind, batch);
CREATE INDEX ix_movement_into_cabinet ON movement (dst_cabinet) WHERE dst_cabinet <> '';
CREATE INDEX ix_movement_out_of_cabinet ON movement (frm_cabinet) WHERE frm_cabinet <> '';

CREATE TABLE balance_new (
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    place TEXT NOT NULL,
    slip TEXT NOT NULL DEFAULT '',
    cabinet TEXT NOT NULL DEFAULT '',   -- its number, for the place 'cabinet' alone; '' there: nobody has said which
    sheets INTEGER NOT NULL,
    since TEXT NOT NULL,                -- the last movement into the place
    PRIMARY KEY (kind, batch, place, slip, cabinet),
    CHECK (sheets >= 0 OR place IN ('ward', 'made')),
    CHECK (cabinet = '' OR place = 'cabinet')
) STRICT, WITHOUT ROWID;
INSERT INTO balance_new (kind, batch, place, slip, sheets, since) SELECT kind, batch, place, slip, sheets, since FROM balance;
DROP TABLE balance;
ALTER TABLE balance_new RENAME TO balance;
CREATE INDEX ix_balance_place ON balance (place) WHERE sheets > 0;
CREATE INDEX ix_balance_slip ON balance (slip) WHERE sheets > 0;

CREATE TABLE cabinet_event (            -- append-only; of all terminals of the room
    id TEXT PRIMARY KEY,
    cabinet TEXT NOT NULL,
    subject TEXT NOT NULL,              -- register, lock, or key-1 and so on: what stands is the last of each
    turn INTEGER NOT NULL,              -- how many there were before it, as its terminal knew
    what TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    keys INTEGER NOT NULL DEFAULT 0,
    holder TEXT NOT NULL DEFAULT '',
    terminal TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_cabinet_event ON cabinet_event (cabinet, subject, turn, at, id);

CREATE TABLE cabinet_count (            -- append-only: every count, also one that did not agree
    seq INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    cabinet TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('night', 'morning')),
    expected TEXT NOT NULL,             -- canonical JSON: 枚, 点 and 通 as the ledger has them
    counted TEXT NOT NULL,
    reason TEXT NOT NULL,               -- why a difference stands; '' when it agrees or is to be counted again
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,            -- '' where nobody signed: taken out in the morning by who is signed in
    value TEXT NOT NULL
) STRICT;
CREATE INDEX ix_cabinet_count_day ON cabinet_count (day, cabinet, purpose);
