-- How many devices that nobody has allowed still wait for ward staff at a terminal.
ALTER TABLE terminal_state ADD COLUMN devices bigint NOT NULL DEFAULT 0;
