-- Undoes 0034_call_clocks.sql: holds, the time of the record and the numbers that called stay in the records at the segment.
DROP INDEX ix_call_phone;
DROP INDEX ix_call_back_number;
ALTER TABLE call DROP COLUMN held_at;
ALTER TABLE call DROP COLUMN hold_seconds;
ALTER TABLE call DROP COLUMN done_at;
ALTER TABLE call DROP COLUMN phone;
