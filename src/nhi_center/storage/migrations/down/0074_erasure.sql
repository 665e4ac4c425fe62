-- Undoes 0074_erasure.sql.
ALTER TABLE month_key DROP COLUMN destroyed_at;
DROP TABLE erasure_step;
DROP TABLE erasure_signature;
DROP TABLE erasure;
