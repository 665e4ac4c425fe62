-- 監督の記録: what happened to each record, here and at the other terminals.
CREATE TABLE control_record_event (   -- append-only
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    act TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    terminal TEXT NOT NULL
) STRICT, WITHOUT ROWID;
