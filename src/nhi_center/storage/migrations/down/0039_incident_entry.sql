-- Undoes 0039_incident_entry.sql: what was done about incidents is lost here; the incidents and the log stay.
DROP INDEX ix_incident_handover;
DROP TABLE incident_entry;
