-- Undoes 0005_verification.sql: the rows of these tables are lost with them.
DROP TABLE review;
DROP TABLE verification_stat;
DROP TABLE mismatch_signature;
DROP TABLE mismatch;
DROP TABLE second_keying;
