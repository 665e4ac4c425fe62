-- Undoes 0040_cabinets.sql: what stands in several cabinets stands in one again, and which is not told any more.
-- changes the number of rows of: balance
DROP TABLE cabinet_count;
DROP TABLE cabinet_event;
CREATE TABLE balance_old (
    kind TEXT NOT NULL,
    batch TEXT NOT NULL,
    place TEXT NOT NULL,
    slip TEXT NOT NULL DEFAULT '',
    sheets INTEGER NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (kind, batch, place, slip),
    CHECK (sheets >= 0 OR place IN ('ward', 'made'))
) STRICT, WITHOUT ROWID;
INSERT INTO balance_old SELECT kind, batch, place, slip, sum(sheets), max(since) FROM balance GROUP BY kind, batch, place, slip;
DROP TABLE balance;
ALTER TABLE balance_old RENAME TO balance;
CREATE INDEX ix_balance_place ON balance (place) WHERE sheets > 0;
CREATE INDEX ix_balance_slip ON balance (slip) WHERE sheets > 0;
DROP INDEX ix_movement_batch;
DROP INDEX ix_movement_into_cabinet;
DROP INDEX ix_movement_out_of_cabinet;
ALTER TABLE movement DROP COLUMN frm_cabinet;
ALTER TABLE movement DROP COLUMN dst_cabinet;
