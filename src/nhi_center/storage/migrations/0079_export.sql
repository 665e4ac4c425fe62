-- 書き出し: every file that was made to leave for the ward, with its manifest, and when the segment has it.
CREATE TABLE export (              -- append-only
    file TEXT PRIMARY KEY,         -- the PDF in exports/
    kind TEXT NOT NULL CHECK (kind IN ('summary', 'received_list')),
    period TEXT NOT NULL,          -- key of the period it is about
    sha256 TEXT NOT NULL,          -- of the PDF
    rows INTEGER NOT NULL CHECK (rows >= 0),   -- rows that name a person; 0: counts alone
    manifest TEXT NOT NULL,        -- canonical JSON, as it lies beside the file
    made_at TEXT NOT NULL,
    supervisor TEXT NOT NULL,      -- who agreed: IDs
    ward TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_export_period ON export (period, made_at);

CREATE TABLE export_sent (         -- append-only: how the sending to the segment ended
    file TEXT PRIMARY KEY REFERENCES export (file),
    outcome TEXT NOT NULL CHECK (outcome IN ('kept', 'refused', 'changed')),   -- changed: the file here is not that any more
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
