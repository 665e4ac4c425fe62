-- Work that terminals of the room share: for each 管理票 one row, with one holder at every moment. The body is sealed for the room.
CREATE TABLE lease (
    slip uuid PRIMARY KEY,
    application text NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    state text NOT NULL CHECK (state IN ('laid', 'held', 'lost')),
    holder text NOT NULL REFERENCES terminal,
    since timestamptz NOT NULL,
    person text NOT NULL,
    movement text NOT NULL,
    facts jsonb NOT NULL,
    sealed text NOT NULL DEFAULT '',
    taken uuid
);
CREATE INDEX lease_application ON lease (application);
CREATE INDEX lease_holder ON lease (holder);

-- A terminal the room has given up: until it is taken back nothing it sends of its work is stored.
CREATE TABLE terminal_failure (
    terminal text PRIMARY KEY REFERENCES terminal,
    at timestamptz NOT NULL,
    declared_by text NOT NULL REFERENCES terminal
);
