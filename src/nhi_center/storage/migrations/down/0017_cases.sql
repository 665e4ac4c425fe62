-- Undoes 0017_cases.sql: the rows of these tables are lost with them.
DROP TABLE withdrawal;
DROP TABLE correction;
DROP TABLE ward_error;
DROP TABLE application_version;
DROP INDEX ux_hold_query;
ALTER TABLE hold DROP COLUMN sent_at;
ALTER TABLE hold DROP COLUMN sent_by;
ALTER TABLE hold DROP COLUMN query;
ALTER TABLE hold DROP COLUMN wording;
