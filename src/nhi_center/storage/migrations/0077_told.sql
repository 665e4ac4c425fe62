-- What the other terminals tell of their calls and 便. A call stays sealed until somebody with the room's key is signed in.
ALTER TABLE call ADD COLUMN terminal TEXT NOT NULL DEFAULT '';     -- '' = taken here
CREATE TABLE told_call (
    id TEXT PRIMARY KEY,
    terminal TEXT NOT NULL,
    day TEXT NOT NULL,
    sealed BLOB NOT NULL,
    done_at TEXT NOT NULL DEFAULT '',   -- of the call-back promised in it
    done_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE told_handover (
    id TEXT PRIMARY KEY,
    terminal TEXT NOT NULL,
    settled TEXT NOT NULL,
    body TEXT NOT NULL              -- canonical JSON: the 便 as its terminal's 受渡簿 has it
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_told_handover ON told_handover (settled);
