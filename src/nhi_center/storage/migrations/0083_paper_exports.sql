-- 書き出し on counted paper: a report that was printed to be handed to the ward; its sheets stand in the ledger (kind report_paper).
CREATE TABLE paper_export (        -- kept; only what came out of the printer is written in afterwards
    id TEXT PRIMARY KEY,           -- the slip of its sheets in the ledger, and the job's name at the printer
    name TEXT NOT NULL UNIQUE,     -- report.file of its report
    period TEXT NOT NULL,
    number TEXT NOT NULL,          -- 報告番号
    sheets INTEGER NOT NULL CHECK (sheets > 0),   -- as both signed
    sha256 TEXT NOT NULL,          -- of the PDF that was printed; it is not kept
    statement TEXT NOT NULL,       -- canonical JSON that both signed
    signatures TEXT NOT NULL,      -- canonical JSON: the supervisor's, then the ward's
    state TEXT NOT NULL CHECK (state IN ('printing', 'needs_check', 'good', 'spoiled', 'not_printed')),
    reason TEXT NOT NULL DEFAULT '',
    counted INTEGER NOT NULL DEFAULT 0 CHECK (counted >= 0),
    made_at TEXT NOT NULL,
    supervisor TEXT NOT NULL,      -- who agreed: IDs
    ward TEXT NOT NULL,
    checked_at TEXT NOT NULL DEFAULT '',
    checked_by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_paper_export_state ON paper_export (state);
