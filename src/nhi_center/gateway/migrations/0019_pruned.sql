-- Who has left the register is forgotten here too, once every terminal in use has dropped him (gateway/pruning.py). Up to which
-- change that was done: a terminal from before it has to read the list anew.
CREATE TABLE change_pruned (
    insurer text NOT NULL DEFAULT current_setting('nhi.insurer') CHECK (insurer ~ '^[0-9]{6}$'),
    cursor bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (insurer)
);
SELECT keep_apart('change_pruned');

CREATE FUNCTION change_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('nhi.pruning', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only ON change;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change FOR EACH STATEMENT EXECUTE FUNCTION change_stands();
