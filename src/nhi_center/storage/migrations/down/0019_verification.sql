-- Undoes 0019_verification.sql: first values of fields keyed again are lost.
ALTER TABLE second_keying DROP COLUMN again;
