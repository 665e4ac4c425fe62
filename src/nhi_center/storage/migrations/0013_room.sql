-- The room: what other terminals told, who has been told what, 入退室 of all terminals as one list, dated settings of the ward.
CREATE TABLE room_record (          -- what the terminals of the room told each other, as it came by the segment
    id TEXT PRIMARY KEY,
    cursor INTEGER NOT NULL,
    kind TEXT NOT NULL,
    terminal TEXT NOT NULL,         -- who told it
    skipped TEXT NOT NULL DEFAULT ''    -- why it was not believed; empty when it was taken
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_room_record_cursor ON room_record (cursor);

CREATE TABLE terminal_seen (        -- the segment's list of terminals, as it was at our last exchange
    terminal TEXT PRIMARY KEY,
    cursor INTEGER NOT NULL,        -- it has taken everything up to here
    contact_at TEXT NOT NULL        -- empty: enrolled, never heard of
) STRICT, WITHOUT ROWID;

DROP INDEX ux_presence_open;        -- inside at two terminals while the line is down: both are kept, and flagged
ALTER TABLE presence ADD COLUMN terminal TEXT NOT NULL DEFAULT '';
ALTER TABLE presence ADD COLUMN left_twice INTEGER NOT NULL DEFAULT 0;
ALTER TABLE presence ADD COLUMN key_back_at TEXT NOT NULL DEFAULT '';
ALTER TABLE presence ADD COLUMN key_back_by TEXT NOT NULL DEFAULT '';
ALTER TABLE presence ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE presence ADD COLUMN flag TEXT NOT NULL DEFAULT '';
UPDATE presence SET key_back_at = left_at, key_back_by = left_by WHERE left_at <> '';
CREATE INDEX ix_presence_open ON presence (person) WHERE left_at = '';
CREATE INDEX ix_presence_key ON presence (day) WHERE key_back_at = '';

ALTER TABLE ward_setting RENAME TO ward_setting_latest;
CREATE TABLE ward_setting (         -- what the ward has announced for a later day stands beside what is in force
    name TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    body TEXT NOT NULL,
    cursor INTEGER NOT NULL,
    PRIMARY KEY (name, effective_from)
) STRICT, WITHOUT ROWID;
INSERT INTO ward_setting
SELECT name, coalesce(json_extract(body, '$.effective_from'), ''), body, cursor FROM ward_setting_latest;
DROP TABLE ward_setting_latest;
