-- Verified entries that a file took to the standard system: each verification once, under the file's number.
CREATE TABLE entry_exported (
    record uuid PRIMARY KEY,                            -- the verification
    application text NOT NULL,
    lines int[] NOT NULL,
    file bigint NOT NULL REFERENCES file_exchange (number)
);
CREATE INDEX entry_exported_application ON entry_exported (application);
CREATE INDEX entry_exported_file ON entry_exported (file);

-- What the standard system answered to it, once.
CREATE TABLE entry_result (
    record uuid PRIMARY KEY REFERENCES entry_exported (record),
    decision text NOT NULL CHECK (decision IN ('accepted', 'rejected')),
    fingerprint bytea NOT NULL,                         -- the same answer again is no other answer
    file bigint NOT NULL REFERENCES file_exchange (number)
);
CREATE INDEX record_application ON record ((body ->> 'application'), kind) WHERE kind IN ('application', 'verification', 'review');

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry_exported
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry_result
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- One-time codes for terminals that are about to enrol: the newest of a terminal alone is good, once, for a while, for a few tries.
CREATE TABLE enrolment_code (
    terminal text PRIMARY KEY CHECK (terminal ~ '^[A-Z0-9-]{1,16}$'),
    code bytea NOT NULL CHECK (octet_length(code) = 32),    -- SHA-256 of it
    expires_at timestamptz NOT NULL,
    tries int NOT NULL DEFAULT 0,
    redeemed_at timestamptz
);

-- What each terminal said of itself last: its program, its system, how old its updates are, what waits there.
CREATE TABLE terminal_state (
    terminal text PRIMARY KEY REFERENCES terminal,
    program text NOT NULL,
    system text NOT NULL,
    patched_on date,
    signatures_on date,
    waiting bigint NOT NULL,
    refused bigint NOT NULL,
    told_at timestamptz NOT NULL
);
