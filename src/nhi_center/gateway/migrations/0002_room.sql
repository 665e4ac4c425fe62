-- How far each terminal has come: the cursor it last asked after (everything up to there it has kept), and when.
CREATE TABLE contact (
    terminal text PRIMARY KEY REFERENCES terminal,
    cursor bigint NOT NULL,
    contact_at timestamptz NOT NULL
);

-- The terminals' month keys (backups): here and in the terminal's slots, nowhere else. A key is never exchanged for another;
-- deleting it is the only way to make the month's backups unreadable, and happens by command alone.
CREATE TABLE month_key (
    terminal text NOT NULL REFERENCES terminal,
    month text NOT NULL CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    key bytea NOT NULL CHECK (octet_length(key) = 32),
    kept_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (terminal, month)
);
CREATE TABLE month_key_event (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    terminal text NOT NULL REFERENCES terminal,
    month text NOT NULL,
    event text NOT NULL CHECK (event IN ('shown', 'destroyed')),
    by text NOT NULL CHECK (by <> ''),
    os_user text NOT NULL
);
CREATE UNIQUE INDEX month_key_destroyed_once ON month_key_event (terminal, month) WHERE event = 'destroyed';

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON month_key FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON month_key_event
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
