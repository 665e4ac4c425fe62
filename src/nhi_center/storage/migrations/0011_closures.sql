-- 閉鎖: who was shut out of the room, and whether this terminal's store has been given another key since. ``record`` is the
-- room record that tells the other terminals.
CREATE TABLE closure (
    person TEXT PRIMARY KEY,
    closed_by TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    suspicion INTEGER NOT NULL CHECK (suspicion IN (0, 1)),
    rekeyed INTEGER NOT NULL DEFAULT 0 CHECK (rekeyed IN (0, 1)),
    record TEXT NOT NULL
) STRICT;
