-- The accounts this terminal has believed: the files beside the store, which anybody may write who may write there, are held against them.
CREATE TABLE known_account (
    person TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL               -- the record as its person signed it (canonical JSON)
) STRICT, WITHOUT ROWID;
