-- 台帳の人: what the register said before, whom no contractor may find, the 番号 by itself; why a person was opened without a case.
ALTER TABLE person ADD COLUMN since TEXT NOT NULL DEFAULT '';    -- when this body came ('': before times were kept)
ALTER TABLE person ADD COLUMN protected INTEGER NOT NULL DEFAULT 0;      -- 支援措置, from the body
ALTER TABLE person ADD COLUMN number_plain TEXT GENERATED ALWAYS AS (json_extract(body, '$.number')) VIRTUAL;
UPDATE person SET protected = 1 WHERE json_extract(body, '$.protected');
CREATE INDEX ix_person_number_plain ON person (number_plain);

CREATE TABLE person_version (     -- append-only: a body that a newer one has replaced
    seq INTEGER PRIMARY KEY,
    atena TEXT NOT NULL,
    household TEXT NOT NULL,
    body TEXT NOT NULL,
    cursor INTEGER NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL           -- when the newer one came
) STRICT;
CREATE INDEX ix_person_version_atena ON person_version (atena, until);
CREATE INDEX ix_person_version_household ON person_version (household, until);

CREATE TABLE purpose_note (       -- append-only: 目的 その他, in the opener's words; the log keeps the id
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    sentence TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_certificate_job_atena ON certificate_job (atena, made_at);
