-- 期限・年齢: up to which day somebody has looked, what was found, what was done about it.
CREATE TABLE turning_look (       -- append-only
    day TEXT PRIMARY KEY,
    found INTEGER NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE turning_item (       -- append-only: one per person and age, or per document
    id TEXT PRIMARY KEY,
    turn TEXT NOT NULL CHECK (turn IN ('seventy', 'seventy_five', 'expired')),
    day TEXT NOT NULL,
    atena TEXT NOT NULL,
    job TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    UNIQUE (turn, atena, job, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_turning_item_day ON turning_item (day);

CREATE TABLE turning_settled (    -- append-only
    item TEXT PRIMARY KEY REFERENCES turning_item (id),
    what TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
