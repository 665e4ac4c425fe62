-- How far each terminal's clock was ahead of this one (behind: below zero) when they last met.
CREATE TABLE terminal_meeting (
    terminal text PRIMARY KEY,
    ahead_seconds int NOT NULL,
    met_at timestamptz NOT NULL
);
DO $$
BEGIN
    IF to_regprocedure('keep_apart(regclass)') IS NOT NULL THEN  -- kept by municipality already: migration 0011 came first
        ALTER TABLE terminal_meeting ADD COLUMN insurer text NOT NULL DEFAULT current_setting('nhi.insurer')
            CHECK (insurer ~ '^[0-9]{6}$'), DROP CONSTRAINT terminal_meeting_pkey, ADD PRIMARY KEY (insurer, terminal);
        PERFORM keep_apart('terminal_meeting');
    END IF;
END $$;
