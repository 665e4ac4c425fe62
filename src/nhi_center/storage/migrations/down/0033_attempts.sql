-- Undoes 0033_attempts.sql: what went wrong in each step is lost, the last trouble of each job stays.
ALTER TABLE certificate_event DROP COLUMN error;
ALTER TABLE certificate_job DROP COLUMN spooler_reasons;
