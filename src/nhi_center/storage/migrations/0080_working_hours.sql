-- 業務の時間: what was done on screen by job, taken over from the log entry by entry, and corrections; and the plan of the year.
CREATE TABLE working_time (     -- append-only
    record TEXT NOT NULL,       -- of the outbox, by which the room is told of it
    day TEXT NOT NULL,
    person TEXT NOT NULL,       -- '' = of another terminal
    job TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    corrected INTEGER NOT NULL DEFAULT 0 CHECK (corrected IN (0, 1)),
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    terminal TEXT NOT NULL,
    PRIMARY KEY (record, day, person, job)
) STRICT, WITHOUT ROWID;
-- Sums are taken from the index alone: a year of eight terminals is some 100,000 rows.
CREATE INDEX ix_working_time_day ON working_time (day, job, person, seconds, corrected);
CREATE INDEX ix_working_time_corrected ON working_time (day) WHERE corrected = 1;

CREATE TABLE working_plan (     -- append-only; of one month and job the last word stands
    record TEXT NOT NULL,
    month TEXT NOT NULL,
    job TEXT NOT NULL,
    hours INTEGER NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    PRIMARY KEY (record, month, job)
) STRICT, WITHOUT ROWID;

CREATE TABLE working_time_upto (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq INTEGER NOT NULL        -- the last entry of the log that was taken over
) STRICT;
INSERT INTO working_time_upto SELECT 1, coalesce(max(seq), 0) FROM audit;
