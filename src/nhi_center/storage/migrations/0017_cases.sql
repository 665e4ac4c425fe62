-- 保留・訂正・取下げ: a hold goes to the 取扱責任者 first and to the ward by number; what the ward finds wrong, and what follows.
ALTER TABLE hold ADD COLUMN wording TEXT NOT NULL DEFAULT '';      -- the question as the 取扱責任者 worded it for the ward
ALTER TABLE hold ADD COLUMN query TEXT NOT NULL DEFAULT '';        -- 照会の番号, R8-0001
ALTER TABLE hold ADD COLUMN sent_by TEXT NOT NULL DEFAULT '';
ALTER TABLE hold ADD COLUMN sent_at TEXT NOT NULL DEFAULT '';      -- empty: it waits for the 取扱責任者, or he has settled it
-- Before, every hold went straight to the ward. The trigger is made again with all the others after this step.
DROP TRIGGER IF EXISTS hold_answered_once;
UPDATE hold SET sent_by = asked_by, sent_at = asked_at;
CREATE UNIQUE INDEX ux_hold_query ON hold (query) WHERE query <> '';

CREATE TABLE application_version (          -- append-only: what stood in an application when it went back to the draft
    application TEXT NOT NULL REFERENCES application (id),
    number INTEGER NOT NULL CHECK (number > 0),
    keyed TEXT NOT NULL,
    typed TEXT NOT NULL,
    reasons TEXT NOT NULL,
    keyer TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    kept_at TEXT NOT NULL,
    PRIMARY KEY (application, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE ward_error (         -- append-only: 差戻し with its kind of error; no person, the ward knows the company alone
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
    form TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('1', '2', '3', '4', '5', '6', '7')),
    reason TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('verified', 'reviewed', 'done')),
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_ward_error_at ON ward_error (at);
CREATE INDEX ix_ward_error_application ON ward_error (application, at);

CREATE TABLE correction (         -- 訂正: one case at most corrects an application; that one may be corrected in its turn
    original TEXT PRIMARY KEY REFERENCES application (id),
    error TEXT NOT NULL UNIQUE REFERENCES ward_error (id),
    correction TEXT REFERENCES application (id),    -- NULL: the paper has gone back and must come again
    linked_at TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_correction_case ON correction (correction) WHERE correction IS NOT NULL;

CREATE TABLE withdrawal (         -- append-only: 取下げ by the ward
    application TEXT PRIMARY KEY REFERENCES application (id),
    reason TEXT NOT NULL,
    stage TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
