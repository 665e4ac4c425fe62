DROP TABLE room_record;
DROP TABLE terminal_seen;

DROP INDEX ix_presence_open;
DROP INDEX ix_presence_key;
-- Before, a person was inside once at most: of two open stays the earlier one ends where the later begins.
UPDATE presence SET left_by = 'forgotten', left_at = (
    SELECT max(later.entered_at) FROM presence later WHERE later.person = presence.person AND later.left_at = ''
) WHERE left_at = '' AND EXISTS (
    SELECT 1 FROM presence later WHERE later.person = presence.person AND later.left_at = ''
    AND (later.entered_at, later.id) > (presence.entered_at, presence.id)
);
ALTER TABLE presence DROP COLUMN flag;
ALTER TABLE presence DROP COLUMN reason;
ALTER TABLE presence DROP COLUMN key_back_by;
ALTER TABLE presence DROP COLUMN key_back_at;
ALTER TABLE presence DROP COLUMN left_twice;
ALTER TABLE presence DROP COLUMN terminal;
CREATE UNIQUE INDEX ux_presence_open ON presence (person) WHERE left_at = '';

ALTER TABLE ward_setting RENAME TO ward_setting_dated;
CREATE TABLE ward_setting (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    cursor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO ward_setting
SELECT name, body, cursor FROM ward_setting_dated one
WHERE cursor = (SELECT max(cursor) FROM ward_setting_dated other WHERE other.name = one.name);
DROP TABLE ward_setting_dated;
