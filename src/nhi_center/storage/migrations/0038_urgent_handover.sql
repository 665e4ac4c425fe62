-- 至急の便: until when it is promised ("" for a usual one). It goes beside a usual 便 that is still open, never in its way.
ALTER TABLE handover ADD COLUMN promised TEXT NOT NULL DEFAULT '';
DROP INDEX ux_handover_open;
CREATE UNIQUE INDEX ux_handover_open ON handover (direction, promised = '') WHERE state = 'open';
