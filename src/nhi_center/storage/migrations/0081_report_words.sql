-- 報告の言葉: what the 取扱責任者 writes for a month's report; of one month the last word stands, until the report is closed.
CREATE TABLE report_words (     -- append-only
    record TEXT PRIMARY KEY,    -- of the outbox, by which the room is told of it
    month TEXT NOT NULL,
    near_misses TEXT NOT NULL,
    next_month TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_report_words ON report_words (month, at);
