-- 控え(バックアップ): which month's key has reached everybody's slot and the segment, and every try at a copy. No key is here.
CREATE TABLE month_key (
    month TEXT PRIMARY KEY,       -- YYYY-MM
    fingerprint TEXT NOT NULL,    -- tells another key of the same month; nothing can be opened with it
    sealed_at TEXT NOT NULL DEFAULT '',   -- in every slot of this terminal since; '' = seal again
    sent_at TEXT NOT NULL DEFAULT ''      -- at the segment since
) STRICT, WITHOUT ROWID;

CREATE TABLE backup_try (         -- append-only
    seq INTEGER PRIMARY KEY,
    day TEXT NOT NULL,            -- business day
    at TEXT NOT NULL,
    file TEXT NOT NULL,           -- '' when none was made
    code TEXT NOT NULL            -- '' = good, else what stood in the way (ST-05, BK-01)
) STRICT;
