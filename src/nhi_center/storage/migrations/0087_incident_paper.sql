-- 事故報告書 that were made at this terminal, with the fingerprint each had: 証拠一式 takes the file only while it is that one.
CREATE TABLE incident_paper (          -- append-only
    file TEXT NOT NULL,                -- its name may be given again when the file is gone
    incident TEXT NOT NULL REFERENCES incident (id),
    sha256 TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    PRIMARY KEY (file, made_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_incident_paper_incident ON incident_paper (incident);
