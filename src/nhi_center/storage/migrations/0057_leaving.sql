-- 期限の過ぎた記録: what of an entry or a call concerns a person leaves the terminal; the rows, their times and codes stay.
ALTER TABLE application ADD COLUMN left_at TEXT NOT NULL DEFAULT '';
ALTER TABLE call ADD COLUMN left_at TEXT NOT NULL DEFAULT '';
CREATE INDEX ix_application_there ON application (slip) WHERE left_at = '';
CREATE INDEX ix_call_there ON call (day) WHERE left_at = '' AND state = 'done';
CREATE INDEX ix_outbox_application ON outbox (json_extract(body, '$.application')) WHERE json_valid(body);
CREATE INDEX ix_outbox_call ON outbox (json_extract(body, '$.call')) WHERE json_valid(body);
CREATE INDEX ix_movement_slip ON movement (slip) WHERE slip <> '';

CREATE TABLE leaving (            -- ids of applications and calls while they leave, within one transaction: what stands gives way
    id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
