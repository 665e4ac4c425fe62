-- Undoes 0046_ledger_indexes.sql.
DROP INDEX ix_room_record_skipped;
DROP INDEX ix_slip_unsorted;
DROP INDEX ix_balance_sum;
