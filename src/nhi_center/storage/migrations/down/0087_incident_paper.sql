-- Undoes 0087_incident_paper.sql: the fingerprints of the papers are lost here; they stand in the log.
DROP TABLE incident_paper;
