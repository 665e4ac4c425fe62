-- Terminals that may connect: the client certificate and the key that signs audit heads.
CREATE TABLE terminal (
    terminal text PRIMARY KEY CHECK (terminal ~ '^[A-Z0-9-]{1,16}$'),
    audit_key bytea NOT NULL CHECK (octet_length(audit_key) = 32),
    certificate bytea NOT NULL CHECK (octet_length(certificate) = 32),
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);

-- What terminals sent, each once. A fingerprint tells a repeat from another content under the same id.
CREATE TABLE record (
    id uuid PRIMARY KEY,
    terminal text NOT NULL REFERENCES terminal,
    seq bigint NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    fingerprint bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (terminal, seq)
);

-- What terminals fetch, in cursor order. The newest row of an id is its present state.
CREATE TABLE change (
    cursor bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    id text NOT NULL,
    body jsonb NOT NULL
);
CREATE INDEX change_latest ON change (kind, id, cursor DESC);
CREATE INDEX change_household ON change ((body ->> 'household')) WHERE kind = 'person';

-- Cursor numbers are given out before their rows can be seen. One writer at a time, until its commit, so that a reader
-- never passes a number whose row appears later. Before each statement: the lock is held before the first number is taken.
CREATE FUNCTION change_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(138040, 1);
    RETURN NULL;
END $$;
CREATE TRIGGER change_in_turn BEFORE INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION change_in_turn();

-- Numbers (番号) that the training player of the standard system gives out; the synthetic register stays below.
CREATE SEQUENCE training_number MINVALUE 9000000;

-- Which synthetic register this database was filled with, if any.
CREATE TABLE training_register (
    persons int NOT NULL,
    seed int NOT NULL,
    filled_at timestamptz NOT NULL DEFAULT now()
);

-- The audit logs of all terminals and the heads the gateway has vouched for.
CREATE TABLE audit_entry (
    terminal text NOT NULL REFERENCES terminal,
    seq bigint NOT NULL,
    entry bytea NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (terminal, seq)
);
CREATE TABLE audit_anchor (
    terminal text NOT NULL REFERENCES terminal,
    seq bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    signed_at text NOT NULL,
    signature bytea NOT NULL,
    countersigned_at text NOT NULL,
    countersignature bytea NOT NULL,
    PRIMARY KEY (terminal, seq)
);

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor FOR EACH STATEMENT EXECUTE FUNCTION append_only();
