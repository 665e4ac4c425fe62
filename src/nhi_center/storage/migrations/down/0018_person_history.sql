-- Undoes 0018_person_history.sql: former versions and the sentences of other purposes are lost.
DROP INDEX ix_certificate_job_atena;
DROP TABLE purpose_note;
DROP TABLE person_version;
DROP INDEX ix_person_number_plain;
ALTER TABLE person DROP COLUMN number_plain;
ALTER TABLE person DROP COLUMN protected;
ALTER TABLE person DROP COLUMN since;
