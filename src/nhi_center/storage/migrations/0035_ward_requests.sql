-- 連絡票: what a caller wants of the ward, as a numbered request of the company to a 係, until the ward has answered.
CREATE TABLE ward_request (
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    seq INTEGER NOT NULL,         -- running number of the day on this terminal
    call TEXT NOT NULL REFERENCES call (id),
    atena TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    section TEXT NOT NULL,
    words TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    settled_at TEXT NOT NULL DEFAULT '',  -- '' = open
    settled_by TEXT NOT NULL DEFAULT '',
    UNIQUE (day, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_ward_request_open ON ward_request (day, seq) WHERE settled_at = '';
CREATE INDEX ix_ward_request_call ON ward_request (call);
