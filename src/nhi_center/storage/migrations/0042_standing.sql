-- 室内の手元: what each terminal of the room last told of the paper in its ledger, and a day that another terminal has closed.
CREATE TABLE standing (
    terminal TEXT PRIMARY KEY,
    cursor INTEGER NOT NULL,            -- of the record it came by; 0 for what this terminal told last itself
    body TEXT NOT NULL                  -- canonical JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_elsewhere (         -- append-only; the first to close a day closes it
    day TEXT PRIMARY KEY,
    terminal TEXT NOT NULL,
    name TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    contents TEXT NOT NULL              -- canonical JSON, exactly what was signed there
) STRICT, WITHOUT ROWID;
