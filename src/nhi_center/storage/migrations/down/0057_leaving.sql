-- Undoes 0057_leaving.sql: what has left stays away, that it left stays in the log. The table goes last: triggers name it.
DROP INDEX ix_movement_slip;
DROP INDEX ix_outbox_call;
DROP INDEX ix_outbox_application;
DROP INDEX ix_call_there;
DROP INDEX ix_application_there;
ALTER TABLE call DROP COLUMN left_at;
ALTER TABLE application DROP COLUMN left_at;
DROP TABLE leaving;
