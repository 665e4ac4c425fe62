-- Packages of the workstation, signed by the ward elsewhere: carried in parts, so that no answer and no query is large.
CREATE TABLE update_package (
    insurer text NOT NULL DEFAULT current_setting('nhi.insurer') CHECK (insurer ~ '^[0-9]{6}$'),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    file text NOT NULL,
    manifest bytea NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_by text[] NOT NULL CHECK (cardinality(published_by) = 2),
    withdrawn_at timestamptz,
    withdrawn_by text,
    PRIMARY KEY (insurer, sha256)
);
CREATE UNIQUE INDEX update_package_file ON update_package (insurer, file) WHERE withdrawn_at IS NULL;
SELECT keep_apart('update_package');

CREATE TABLE update_part (
    insurer text NOT NULL DEFAULT current_setting('nhi.insurer') CHECK (insurer ~ '^[0-9]{6}$'),
    sha256 bytea NOT NULL,
    part int NOT NULL CHECK (part >= 0),
    data bytea NOT NULL CHECK (octet_length(data) BETWEEN 1 AND 1048576),
    PRIMARY KEY (insurer, sha256, part),
    FOREIGN KEY (insurer, sha256) REFERENCES update_package
);
ALTER TABLE update_part ALTER COLUMN data SET STORAGE EXTERNAL;  -- packed already
SELECT keep_apart('update_part');
