-- What is told of the ledger before each exchange, and looked up of what others told: by index, so that years of returned paper
-- and of records cost next to nothing.
CREATE INDEX ix_balance_sum ON balance (place, sheets);
CREATE INDEX ix_slip_unsorted ON slip (sheets) WHERE sheets = 0;
CREATE INDEX ix_room_record_skipped ON room_record (terminal, kind, cursor) WHERE skipped <> '';
