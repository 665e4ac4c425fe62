-- Numbers on paper (番号の枠). Each terminal's place in the room, for ever; the next number of each kind and period; what was given.
CREATE TABLE number_place (
    terminal text PRIMARY KEY,
    place int NOT NULL UNIQUE CHECK (place > 0)
);
CREATE TABLE number_next (
    kind text NOT NULL,
    period text NOT NULL,
    next int NOT NULL CHECK (next > 0),
    PRIMARY KEY (kind, period)
);
CREATE TABLE number_block (
    id uuid PRIMARY KEY,
    terminal text NOT NULL,
    kind text NOT NULL,
    period text NOT NULL,
    first int NOT NULL,
    count int NOT NULL CHECK (count > 0),
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (kind, period, first)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON number_block
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- In a database that is kept by municipality already (migration 0011 came first) these are too.
DO $$
DECLARE
    one text;
    piece record;
BEGIN
    IF to_regprocedure('keep_apart(regclass)') IS NULL THEN
        RETURN;
    END IF;
    FOREACH one IN ARRAY ARRAY['number_place', 'number_next', 'number_block'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN insurer text NOT NULL DEFAULT current_setting(''nhi.insurer'')'
                       ' CHECK (insurer ~ ''^[0-9]{6}$'')', one);
        FOR piece IN SELECT conname, pg_get_constraintdef(oid) AS said FROM pg_constraint
                      WHERE conrelid = one::regclass AND contype IN ('p', 'u')
        LOOP
            EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', one, piece.conname, piece.conname,
                           regexp_replace(piece.said, '\(', '(insurer, '));
        END LOOP;
        PERFORM keep_apart(one::regclass);
    END LOOP;
END $$;
