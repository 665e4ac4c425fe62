-- 受渡し・手元の書類: handovers with both sides' blind counts, slips, the ledger of sheets, day closes.
CREATE TABLE handover (
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    number INTEGER NOT NULL,      -- 第n便 of the day; a cancelled one keeps its number
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    section TEXT NOT NULL,        -- 係
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'signed', 'cancelled')),
    round INTEGER NOT NULL DEFAULT 1,
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT '',
    contents TEXT NOT NULL DEFAULT '', -- canonical JSON, exactly what both signed
    UNIQUE (day, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_handover_open ON handover (direction) WHERE state = 'open';

CREATE TABLE handover_kind (      -- the lines both sides count
    handover TEXT NOT NULL REFERENCES handover (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,          -- as the signers saw it
    grouping TEXT NOT NULL,
    PRIMARY KEY (handover, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE handover_count (     -- append-only: every round is kept
    handover TEXT NOT NULL REFERENCES handover (id),
    round INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('giver', 'receiver')),
    kind TEXT NOT NULL,
    cases INTEGER NOT NULL CHECK (cases >= 0),
    sheets INTEGER NOT NULL CHECK (sheets >= 0),
    counted_at TEXT NOT NULL,
    PRIMARY KEY (handover, round, side, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE handover_piece (     -- what the ledger had ready when an outgoing handover was opened
    handover TEXT NOT NULL REFERENCES handover (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    slip TEXT NOT NULL,
    place TEXT NOT NULL,
    sheets INTEGER NOT NULL CHECK (sheets > 0),
    PRIMARY KEY (handover, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE handover_signature ( -- append-only
    handover TEXT NOT NULL REFERENCES handover (id),
    side TEXT NOT NULL CHECK (side IN ('giver', 'receiver')),
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (handover, side)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (            -- 受領証
    handover TEXT PRIMARY KEY REFERENCES handover (id),
    file TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (           -- 事故・差異の記録
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('difference')),
    handover TEXT NOT NULL REFERENCES handover (id),
    facts TEXT NOT NULL,          -- JSON: counts per line
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE slip (               -- 管理票
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    day TEXT NOT NULL,
    batch TEXT NOT NULL REFERENCES handover (id),
    kind TEXT NOT NULL,
    sheets INTEGER NOT NULL DEFAULT 0 CHECK (sheets >= 0),
    UNIQUE (day, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_slip_batch ON slip (batch, kind);

CREATE TABLE movement (           -- the ledger, append-only
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    slip TEXT NOT NULL DEFAULT '',
    frm TEXT NOT NULL,
    dst TEXT NOT NULL,
    sheets INTEGER NOT NULL CHECK (sheets > 0),
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;

CREATE TABLE balance (            -- what the movements add up to, kept by each of them in its own transaction
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    place TEXT NOT NULL,
    slip TEXT NOT NULL DEFAULT '',
    sheets INTEGER NOT NULL,
    since TEXT NOT NULL,          -- the last movement into the place
    PRIMARY KEY (kind, batch, place, slip),
    CHECK (sheets >= 0 OR place IN ('ward', 'made'))
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_balance_place ON balance (place) WHERE sheets > 0;
CREATE INDEX ix_balance_slip ON balance (slip) WHERE sheets > 0;

CREATE TABLE day_exception (      -- 終業点検: what stays open over night, where it is locked up
    seq INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    item TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    note TEXT NOT NULL,
    cabinet TEXT NOT NULL,
    written_at TEXT NOT NULL,
    written_by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_day_exception_day ON day_exception (day, seq);

CREATE TABLE day_close (
    day TEXT PRIMARY KEY,
    contents TEXT NOT NULL,       -- canonical JSON, exactly what was signed
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
