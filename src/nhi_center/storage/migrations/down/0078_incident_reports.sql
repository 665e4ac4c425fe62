-- Undoes 0078_incident_reports.sql: what people reported, what the program found and what was told is lost here; the log stays.
-- changes the number of rows of: incident incident_entry
CREATE TABLE incident_old (
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('difference')),
    handover TEXT NOT NULL REFERENCES handover (id),
    facts TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO incident_old SELECT id, day, kind, handover, facts, opened_at, opened_by FROM incident
    WHERE handover IS NOT NULL AND kind = 'difference';
DROP TABLE incident;
ALTER TABLE incident_old RENAME TO incident;
CREATE INDEX ix_incident_handover ON incident (handover);
CREATE INDEX ix_incident_day ON incident (day);

CREATE TABLE incident_entry_old (
    seq INTEGER PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incident (id),
    step TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '',
    told_to TEXT NOT NULL DEFAULT '',
    told_at TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
INSERT INTO incident_entry_old SELECT seq, incident, step, words, told_to, told_at, at, by FROM incident_entry
    WHERE incident IN (SELECT id FROM incident);
DROP TABLE incident_entry;
ALTER TABLE incident_entry_old RENAME TO incident_entry;
CREATE INDEX ix_incident_entry ON incident_entry (incident, seq);
CREATE UNIQUE INDEX ux_incident_entry_once ON incident_entry (incident, step) WHERE step IN ('told', 'closed');
