-- Numbers on paper (番号の枠): the blocks the gateway has given this terminal, asked for under an id before they are sent for, so
-- that an answer that was lost is the same one when it comes again.
CREATE TABLE number_block (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    period TEXT NOT NULL,         -- within what a number is unique: a day, or a fiscal year
    asked INTEGER NOT NULL,       -- how many were asked for
    first INTEGER,                -- NULL until the gateway has answered
    count INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND count)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_number_block_period ON number_block (kind, period, first);

CREATE TABLE number_alone (       -- numbers given without a block
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    last INTEGER NOT NULL DEFAULT 0,  -- the last one counted on from 1, before the first block ever came
    own INTEGER NOT NULL DEFAULT 0,   -- how many of the terminal's own range are used
    PRIMARY KEY (kind, period)
) STRICT, WITHOUT ROWID;
INSERT INTO number_alone (kind, period, last) SELECT 'slip', day, max(CAST(substr(number, 6) AS INTEGER)) FROM slip GROUP BY day;
INSERT INTO number_alone (kind, period, last) SELECT 'handover', day, max(number) FROM handover GROUP BY day;
INSERT INTO number_alone (kind, period, last) SELECT 'call', day, max(seq) FROM call GROUP BY day;
INSERT INTO number_alone (kind, period, last) SELECT 'ward_request', day, max(seq) FROM ward_request GROUP BY day;
INSERT INTO number_alone (kind, period, last)
SELECT 'query', substr(query, 1, instr(query, '-') - 1), max(CAST(substr(query, instr(query, '-') + 1) AS INTEGER))
  FROM hold WHERE query <> '' GROUP BY 2;
