-- Undoes 0038_urgent_handover.sql: an urgent 便 still open is taken back, what was promised is only in the contents both signed.
UPDATE handover SET state = 'cancelled' WHERE state = 'open' AND promised <> '';
DROP INDEX ux_handover_open;
CREATE UNIQUE INDEX ux_handover_open ON handover (direction) WHERE state = 'open';
ALTER TABLE handover DROP COLUMN promised;
