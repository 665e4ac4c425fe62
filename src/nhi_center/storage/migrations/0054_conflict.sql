-- 食い違い: work that rests on what stands no more, with both sides, until a person has settled it. And terminals given up.
CREATE TABLE conflict (
    id TEXT PRIMARY KEY,
    slip TEXT NOT NULL REFERENCES slip (id),
    application TEXT NOT NULL REFERENCES application (id),
    mine TEXT NOT NULL,             -- canonical JSON: what stands here
    theirs TEXT NOT NULL,           -- canonical JSON: what the segment has of the other terminal's; '' while nobody has looked
    records TEXT NOT NULL,          -- canonical JSON: kind and body of what the segment refused
    found_at TEXT NOT NULL,
    settled_at TEXT NOT NULL DEFAULT '',
    settled_by TEXT NOT NULL DEFAULT '',
    stands TEXT NOT NULL DEFAULT '' CHECK (stands IN ('', 'mine', 'theirs')),
    reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_conflict_open ON conflict (application) WHERE settled_at = '';

CREATE TABLE terminal_failure (     -- append-only: of all terminals of the room, the last one of each counts
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,           -- the segment's cursor; what was said here and has not come back yet is the newest
    terminal TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('failed', 'returned')),
    body TEXT NOT NULL              -- canonical JSON: both signatures and what they are over
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_terminal_failure ON terminal_failure (terminal, seq);
