-- Make every table that is kept by insurer a partitioned one: what stands in it becomes the partition of this municipality, without
-- a copy. Again is harmless: what is partitioned already stays. One municipality's rows alone may stand there yet.
DO $$
DECLARE
    here text := current_setting('nhi.insurer');
    one record;
    piece record;
    words text;
    foreign_keys text[] := '{}';
    triggers text[];
    part text;
BEGIN
    FOR piece IN SELECT conrelid::regclass AS owner, conname, pg_get_constraintdef(oid) AS said FROM pg_constraint
                  WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace
    LOOP
        foreign_keys := foreign_keys || format('ALTER TABLE %s ADD CONSTRAINT %I %s', piece.owner, piece.conname, piece.said);
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', piece.owner, piece.conname);
    END LOOP;
    FOR one IN SELECT c.oid::regclass AS name, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relkind = 'r' AND NOT c.relispartition AND a.attname = 'insurer'
                  AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname
    LOOP
        SELECT coalesce(array_agg(pg_get_triggerdef(oid)), '{}') INTO triggers FROM pg_trigger
         WHERE tgrelid = one.name AND NOT tgisinternal;
        part := one.relname || '_' || here;
        EXECUTE format('ALTER TABLE %I RENAME TO %I', one.relname, part);
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING INDEXES)'
                       ' PARTITION BY LIST (insurer)', one.relname, part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)', one.relname, part, here);
        FOREACH words IN ARRAY triggers LOOP
            EXECUTE words;
        END LOOP;
        PERFORM keep_apart(one.relname::regclass);
    END LOOP;
    FOREACH words IN ARRAY foreign_keys LOOP
        EXECUTE words;
    END LOOP;
END $$;

-- The partitions of this municipality, where it has none yet.
DO $$
DECLARE
    here text := current_setting('nhi.insurer');
    one record;
    piece record;
    part text;
BEGIN
    FOR one IN SELECT c.oid, c.relname FROM pg_class c
                WHERE c.relkind = 'p' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname
    LOOP
        part := one.relname || '_' || here;
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%L)', part, one.relname, here);
        PERFORM keep_apart(part::regclass);
        FOR piece IN SELECT tgname FROM pg_trigger WHERE tgrelid = one.oid AND tgname = 'append_only'
        LOOP
            EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
                           ' FOR EACH STATEMENT EXECUTE FUNCTION append_only()', part);
        END LOOP;
    END LOOP;
END $$;
