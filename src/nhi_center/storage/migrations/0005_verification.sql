-- 照合・区の審査: second keyings, differences and how they were settled, counts per field, the ward's reviews.
CREATE TABLE second_keying (      -- one row per round: an application that was sent back is keyed twice anew
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
    verifier TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'given_up')),
    keyed TEXT NOT NULL DEFAULT '{}',       -- JSON: value by field, as read
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_second_keying_open ON second_keying (application) WHERE state = 'open';

CREATE TABLE mismatch (           -- 不一致: found when the field was keyed, settled once
    second_keying TEXT NOT NULL REFERENCES second_keying (id),
    field TEXT NOT NULL,
    critical INTEGER NOT NULL,
    keyer_value TEXT NOT NULL,
    verifier_value TEXT NOT NULL,
    found_at TEXT NOT NULL,
    verdict TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'keyer', 'verifier', 'third')),
    value TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (second_keying, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE mismatch_signature ( -- append-only: the third person (不一致判定者) over exactly what was shown
    second_keying TEXT NOT NULL,
    field TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    statement TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (second_keying, field),
    FOREIGN KEY (second_keying, field) REFERENCES mismatch (second_keying, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE verification_stat (  -- counts per field of a form, never per person
    month TEXT NOT NULL,          -- YYYY-MM
    form TEXT NOT NULL,
    field TEXT NOT NULL,
    verified INTEGER NOT NULL,
    mismatched INTEGER NOT NULL,
    keyer_wrong INTEGER NOT NULL,
    verifier_wrong INTEGER NOT NULL,
    PRIMARY KEY (month, form, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE review (             -- append-only: 区審査済 and 差戻し
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
    decision TEXT NOT NULL CHECK (decision IN ('reviewed', 'sent_back')),
    reason TEXT NOT NULL DEFAULT '',
    effect TEXT NOT NULL DEFAULT '',        -- canonical JSON, as it went to the segment
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_review_application ON review (application, at);
