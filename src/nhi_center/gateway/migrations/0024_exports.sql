-- 書き出し: files that left a terminal for the ward, closed as they came; the password is nowhere. The number is that of the
-- terminals' own migration.
CREATE TABLE export (
    insurer text NOT NULL DEFAULT current_setting('nhi.insurer') CHECK (insurer ~ '^[0-9]{6}$'),
    terminal text NOT NULL,
    name text NOT NULL,                    -- the PDF's
    manifest bytea NOT NULL CHECK (octet_length(manifest) BETWEEN 1 AND 65536),
    audit_key bytea NOT NULL CHECK (octet_length(audit_key) = 32),   -- the terminal's, as it was then
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (insurer, terminal, name),
    FOREIGN KEY (insurer, terminal) REFERENCES terminal
);
SELECT keep_apart('export');

CREATE TABLE export_file (
    insurer text NOT NULL DEFAULT current_setting('nhi.insurer') CHECK (insurer ~ '^[0-9]{6}$'),
    terminal text NOT NULL,
    name text NOT NULL,
    file text NOT NULL,
    data bytea NOT NULL CHECK (octet_length(data) BETWEEN 1 AND 4194304),
    PRIMARY KEY (insurer, terminal, file),
    FOREIGN KEY (insurer, terminal, name) REFERENCES export
);
ALTER TABLE export_file ALTER COLUMN data SET STORAGE EXTERNAL;  -- encrypted: it does not get smaller
SELECT keep_apart('export_file');

CREATE TABLE export_fetch (                -- who took it out, append-only
    insurer text NOT NULL DEFAULT current_setting('nhi.insurer') CHECK (insurer ~ '^[0-9]{6}$'),
    terminal text NOT NULL,
    name text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by text NOT NULL,
    os_user text NOT NULL,
    PRIMARY KEY (insurer, terminal, name, at),
    FOREIGN KEY (insurer, terminal, name) REFERENCES export
);
SELECT keep_apart('export_fetch');
