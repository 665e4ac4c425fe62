-- The log's signed heads, each with the tree's state after its last entry, and the monthly keys of the pseudonyms in the log.
CREATE TABLE audit_head (         -- append-only; the entries behind the head before it make its block
    seq INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    root TEXT NOT NULL,
    peaks BLOB NOT NULL,          -- domain.merkle.Range: all that is needed to go on
    day TEXT NOT NULL,            -- the business day whose file holds the block
    signed_at TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
CREATE INDEX ix_audit_head_day ON audit_head (day, seq);

ALTER TABLE audit_anchor ADD COLUMN root TEXT NOT NULL DEFAULT ''; -- '': confirmed before there was a tree

CREATE TABLE pseudonym_key (      -- no row, no way from the log back to a person of that month
    month TEXT PRIMARY KEY,
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;
