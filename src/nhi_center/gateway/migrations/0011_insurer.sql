-- Every table is keyed by the municipality (保険者番号) first, so that one PostgreSQL, partitioned or spread by it, carries many.
-- A gateway's connections say whose they are (nhi.insurer); row security keeps the others' rows out of every statement, also of
-- one that is written tomorrow. A connection that does not say it reads nothing and writes nothing.

-- Keep a table's rows apart by its column insurer: for the tables below, and for each one that a later migration makes.
CREATE FUNCTION keep_apart(one regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY one_insurer ON %s USING (insurer = current_setting(''nhi.insurer''))', one);
END $$;

DO $$
DECLARE
    one record;
    piece record;
    foreign_keys text[] := '{}';
    added text;
BEGIN
    FOR piece IN SELECT conrelid::regclass AS owner, conname, pg_get_constraintdef(oid) AS said FROM pg_constraint
                  WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    LOOP
        added := regexp_replace(piece.said, '^FOREIGN KEY \(([^)]*)\) REFERENCES ([^(]*)\(', 'FOREIGN KEY (insurer, \1) REFERENCES \2(insurer, ');
        foreign_keys := foreign_keys || format('ALTER TABLE %s ADD CONSTRAINT %I %s', piece.owner, piece.conname, added);
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', piece.owner, piece.conname);
    END LOOP;
    FOR one IN SELECT oid::regclass AS name FROM pg_class
                WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
                  AND relname NOT IN ('schema_version', 'training_register') ORDER BY relname
    LOOP
        EXECUTE format('ALTER TABLE %s ADD COLUMN insurer text NOT NULL DEFAULT current_setting(''nhi.insurer'')'
                       ' CHECK (insurer ~ ''^[0-9]{6}$'')', one.name);
        FOR piece IN SELECT conname, pg_get_constraintdef(oid) AS said FROM pg_constraint
                      WHERE conrelid = one.name AND contype IN ('p', 'u')
        LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', one.name, piece.conname, piece.conname,
                           regexp_replace(piece.said, '\(', '(insurer, '));
        END LOOP;
        FOR piece IN SELECT i.indexrelid::regclass AS name, pg_get_indexdef(i.indexrelid) AS said FROM pg_index i
                      WHERE i.indrelid = one.name AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
        LOOP
            EXECUTE format('DROP INDEX %s', piece.name);
            EXECUTE regexp_replace(piece.said, '\(', '(insurer, ');
        END LOOP;
        PERFORM keep_apart(one.name);
    END LOOP;
    FOREACH added IN ARRAY foreign_keys LOOP
        EXECUTE added;
    END LOOP;
END $$;

-- A partitioned table of PostgreSQL 15 and 16 has no identity column. Numbers are drawn from one sequence for all: they rise, that
-- is all that is asked of them.
CREATE SEQUENCE change_cursor;
SELECT setval('change_cursor', coalesce((SELECT max(cursor) FROM change), 1), EXISTS (SELECT 1 FROM change));
ALTER TABLE change ALTER COLUMN cursor DROP IDENTITY;
ALTER TABLE change ALTER COLUMN cursor SET DEFAULT nextval('change_cursor');
CREATE SEQUENCE file_exchange_number;
SELECT setval('file_exchange_number', coalesce((SELECT max(number) FROM file_exchange), 1), EXISTS (SELECT 1 FROM file_exchange));
ALTER TABLE file_exchange ALTER COLUMN number DROP IDENTITY;
ALTER TABLE file_exchange ALTER COLUMN number SET DEFAULT nextval('file_exchange_number');

-- Row security tries no expression of ours before its own: an index on one would never be used again.
DROP INDEX record_application;
ALTER TABLE record ADD COLUMN application text GENERATED ALWAYS AS (body ->> 'application') STORED;
CREATE INDEX record_application ON record (insurer, application, kind) WHERE kind IN ('application', 'verification', 'review');

-- Writers of changes take turns within one municipality.
CREATE OR REPLACE FUNCTION change_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(current_setting('nhi.insurer')::int, 1);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION person_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO person_now AS n (atena, cursor, fingerprint, household, insured_until, protected)
    SELECT DISTINCT ON (id) id, cursor, CASE WHEN kind = 'person' THEN sha256(convert_to(body::text, 'UTF8')) END,
           coalesce(body ->> 'household', ''), last_insured(body), coalesce((body ->> 'protected')::boolean, false)
      FROM added WHERE kind IN ('person', 'person_gone') ORDER BY id, cursor DESC
    ON CONFLICT (insurer, atena) DO UPDATE
       SET cursor = excluded.cursor, fingerprint = excluded.fingerprint, household = excluded.household,
           insured_until = excluded.insured_until, protected = excluded.protected, told = n.told OR n.held;
    RETURN NULL;
END $$;
