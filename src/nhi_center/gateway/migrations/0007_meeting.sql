-- How far each terminal's clock was ahead of this one (behind: below zero) when they last met.
CREATE TABLE terminal_meeting (
    terminal text PRIMARY KEY,
    ahead_seconds int NOT NULL,
    met_at timestamptz NOT NULL
);

-- Each time this database was put back from a backup: another line, which terminals tell from the one they knew.
CREATE TABLE gateway_line (
    line uuid PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    by text NOT NULL CHECK (by <> ''),
    os_user text NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gateway_line
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

DO $$
BEGIN
    IF to_regprocedure('keep_apart(regclass)') IS NOT NULL THEN  -- kept by municipality already: migration 0011 came first
        ALTER TABLE terminal_meeting ADD COLUMN insurer text NOT NULL DEFAULT current_setting('nhi.insurer')
            CHECK (insurer ~ '^[0-9]{6}$'), DROP CONSTRAINT terminal_meeting_pkey, ADD PRIMARY KEY (insurer, terminal);
        PERFORM keep_apart('terminal_meeting');
        ALTER TABLE gateway_line ADD COLUMN insurer text NOT NULL DEFAULT current_setting('nhi.insurer')
            CHECK (insurer ~ '^[0-9]{6}$'), DROP CONSTRAINT gateway_line_pkey, ADD PRIMARY KEY (insurer, line);
        PERFORM keep_apart('gateway_line');
    END IF;
END $$;
