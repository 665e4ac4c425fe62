-- バックアップ: how far each month's key has come, and every try at a copy. No key is here.
CREATE TABLE month_key (
    month TEXT PRIMARY KEY,       -- YYYY-MM
    fingerprint TEXT NOT NULL,    -- tells another key of the same month; nothing can be opened with it
    sealed_at TEXT NOT NULL DEFAULT '',           -- in everybody's slot since; '' = never, and no copy was made with it
    seal_again INTEGER NOT NULL DEFAULT 0,        -- somebody's slot was found without it
    sent_at TEXT NOT NULL DEFAULT '',             -- at the segment since
    refused TEXT NOT NULL DEFAULT ''              -- why the segment did not take it
) STRICT, WITHOUT ROWID;

CREATE TABLE backup_try (         -- append-only
    seq INTEGER PRIMARY KEY,
    day TEXT NOT NULL,            -- business day
    at TEXT NOT NULL,
    file TEXT NOT NULL,           -- '' when none was made
    code TEXT NOT NULL            -- '' = good, else what stood in the way (ST-05, BK-01)
) STRICT;
