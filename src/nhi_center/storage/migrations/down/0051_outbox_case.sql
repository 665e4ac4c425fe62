-- Undoes 0051_outbox_case.sql: a refused row holds up nothing.
DROP INDEX ix_outbox_case;
ALTER TABLE outbox DROP COLUMN case_key;
