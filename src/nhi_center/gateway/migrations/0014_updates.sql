-- Packages of the workstation, signed by the ward elsewhere: carried in parts, so that no answer and no query is large.
CREATE TABLE update_package (
    sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    file text NOT NULL,
    manifest bytea NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_by text[] NOT NULL CHECK (cardinality(published_by) = 2),
    withdrawn_at timestamptz,
    withdrawn_by text
);
CREATE UNIQUE INDEX update_package_file ON update_package (file) WHERE withdrawn_at IS NULL;
CREATE TABLE update_part (
    sha256 bytea NOT NULL REFERENCES update_package,
    part int NOT NULL CHECK (part >= 0),
    data bytea NOT NULL CHECK (octet_length(data) BETWEEN 1 AND 1048576),
    PRIMARY KEY (sha256, part)
);
ALTER TABLE update_part ALTER COLUMN data SET STORAGE EXTERNAL;  -- packed already
