-- Where each person of the register stands now, kept by the trigger below whoever appends to the change list: what an import is
-- compared with, and whether terminals may hold him. A row stays when he has left the register (no fingerprint then).
CREATE TABLE person_now (
    atena text PRIMARY KEY,
    cursor bigint NOT NULL,                       -- his newest change
    fingerprint bytea,                            -- SHA-256 of its body
    household text NOT NULL,
    insured_until date,                           -- 喪失日 of his last period; infinity while insured, NULL when never
    protected boolean NOT NULL,                   -- 支援措置
    off_list boolean NOT NULL DEFAULT false,      -- not on the ward's list of whom terminals hold
    told boolean NOT NULL DEFAULT false,          -- some terminal may have been given him once
    held boolean NOT NULL GENERATED ALWAYS AS (fingerprint IS NOT NULL AND NOT protected AND NOT off_list) STORED
);

-- Periods stand in order of 取得日.
CREATE FUNCTION last_insured(body jsonb) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN body #> '{periods,-1}' IS NOT NULL THEN coalesce((body #>> '{periods,-1,lost}')::date, 'infinity'::date) END
$$;

CREATE FUNCTION person_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO person_now AS n (atena, cursor, fingerprint, household, insured_until, protected)
    SELECT DISTINCT ON (id) id, cursor, CASE WHEN kind = 'person' THEN sha256(convert_to(body::text, 'UTF8')) END,
           coalesce(body ->> 'household', ''), last_insured(body), coalesce((body ->> 'protected')::boolean, false)
      FROM added WHERE kind IN ('person', 'person_gone') ORDER BY id, cursor DESC
    ON CONFLICT (atena) DO UPDATE
       SET cursor = excluded.cursor, fingerprint = excluded.fingerprint, household = excluded.household,
           insured_until = excluded.insured_until, protected = excluded.protected, told = n.told OR n.held;
    RETURN NULL;
END $$;
CREATE TRIGGER person_moves_on AFTER INSERT ON change REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION person_moves_on();

-- Until now everybody was sent to every terminal. Who is under 支援措置 is told anew, so that they drop him.
INSERT INTO person_now (atena, cursor, fingerprint, household, insured_until, protected, told)
SELECT DISTINCT ON (id) id, cursor, sha256(convert_to(body::text, 'UTF8')), body ->> 'household', last_insured(body),
       coalesce((body ->> 'protected')::boolean, false), true
  FROM change WHERE kind = 'person' ORDER BY id, cursor DESC;
INSERT INTO change (kind, id, body)
SELECT c.kind, c.id, c.body FROM change c JOIN person_now n USING (cursor) WHERE n.protected ORDER BY cursor;
CREATE INDEX person_now_household ON person_now (household);
DROP INDEX change_household;

-- The ward's list as terminals were last told it.
CREATE TABLE list_applied (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    columns jsonb NOT NULL,
    past_days int NOT NULL
);

-- Every file taken from the standard system or written for it: what, how much, who. No personal value.
CREATE TABLE file_exchange (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('register', 'results', 'entries')),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    rows bigint NOT NULL,
    told jsonb NOT NULL,
    by text NOT NULL CHECK (by <> ''),
    os_user text NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON file_exchange
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
