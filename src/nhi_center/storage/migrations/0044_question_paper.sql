-- 疑義: paper of a held application that goes to the ward with its 疑義照会票, and comes back under the same 管理票.
CREATE TABLE hold_paper (         -- append-only: laid out for the next 便, kept after all, back again
    seq INTEGER PRIMARY KEY,
    hold TEXT NOT NULL REFERENCES hold (id),
    step TEXT NOT NULL CHECK (step IN ('out', 'kept', 'back')),
    handover TEXT NOT NULL DEFAULT '', -- the 便 it came back with
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_hold_paper ON hold_paper (hold, seq);

CREATE TABLE handover_back (      -- append-only: which 管理票 an incoming 便 brings back; the last row of one counts
    seq INTEGER PRIMARY KEY,
    handover TEXT NOT NULL REFERENCES handover (id),
    slip TEXT NOT NULL REFERENCES slip (id),
    sheets INTEGER NOT NULL CHECK (sheets >= 0), -- 0: named by mistake
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_handover_back ON handover_back (handover, slip, seq);
