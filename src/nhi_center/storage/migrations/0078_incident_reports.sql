-- 事故・差異の記録: what people report and the program finds beside a difference of a 便, and what other terminals of the room tell.
CREATE TABLE incident_new (
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    handover TEXT REFERENCES handover (id),     -- the 便 whose counts differ; NULL for every other
    facts TEXT NOT NULL,                        -- JSON: counts per line of a 便, or the report
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    source TEXT NOT NULL DEFAULT '',            -- what the program found, so that it opens one record; '' when a person reports
    terminal TEXT NOT NULL DEFAULT ''           -- the terminal that told it; '' for this one
) STRICT, WITHOUT ROWID;
INSERT INTO incident_new (id, day, kind, handover, facts, opened_at, opened_by)
    SELECT id, day, kind, handover, facts, opened_at, opened_by FROM incident;
DROP TABLE incident;
ALTER TABLE incident_new RENAME TO incident;
CREATE INDEX ix_incident_handover ON incident (handover);
CREATE INDEX ix_incident_day ON incident (day);
CREATE UNIQUE INDEX ux_incident_source ON incident (source) WHERE source <> '';

-- an entry that another terminal tells may come before what it belongs to
CREATE TABLE incident_entry_new ( -- append-only
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL DEFAULT '',  -- the room's record it went out or came with
    incident TEXT NOT NULL,
    step TEXT NOT NULL,           -- domain.incidents.Step
    words TEXT NOT NULL DEFAULT '',
    told_to TEXT NOT NULL DEFAULT '',
    told_at TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
INSERT INTO incident_entry_new (seq, incident, step, words, told_to, told_at, at, by)
    SELECT seq, incident, step, words, told_to, told_at, at, by FROM incident_entry;
DROP TABLE incident_entry;
ALTER TABLE incident_entry_new RENAME TO incident_entry;
CREATE INDEX ix_incident_entry ON incident_entry (incident, seq);
CREATE UNIQUE INDEX ux_incident_entry_once ON incident_entry (incident, step) WHERE step IN ('told', 'closed');
CREATE UNIQUE INDEX ux_incident_entry_id ON incident_entry (id) WHERE id <> '';
