-- 事故・差異の記録: what was done about an incident, who told the ward and when, and that the ward has closed it.
CREATE TABLE incident_entry (     -- append-only
    seq INTEGER PRIMARY KEY,
    incident TEXT NOT NULL REFERENCES incident (id),
    step TEXT NOT NULL,           -- written, told, closed
    words TEXT NOT NULL DEFAULT '',
    told_to TEXT NOT NULL DEFAULT '',
    told_at TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_incident_entry ON incident_entry (incident, seq);
CREATE UNIQUE INDEX ux_incident_entry_once ON incident_entry (incident, step) WHERE step IN ('told', 'closed');
CREATE INDEX ix_incident_handover ON incident (handover);
