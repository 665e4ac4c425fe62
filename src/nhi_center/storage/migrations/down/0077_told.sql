-- Undoes 0077_told.sql: what other terminals told is lost here; it stays with them and at the segment.
DROP TABLE told_handover;
DROP TABLE told_call;
ALTER TABLE call DROP COLUMN terminal;
