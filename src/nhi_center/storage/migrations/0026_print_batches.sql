-- 印刷の列: what is printed in which order on which printer; each printer's tray has a pack of its own.
CREATE TABLE paper_stock_new (    -- one row per tray, pack and day, what is left goes on the next day
    prefix TEXT NOT NULL,
    printer TEXT NOT NULL DEFAULT '',     -- whose tray it was received for; '' where no printer was entered
    day TEXT NOT NULL,
    first INTEGER NOT NULL CHECK (first > 0),
    opened INTEGER NOT NULL CHECK (opened >= 0),
    taken INTEGER NOT NULL DEFAULT 0,
    spoiled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (prefix, printer, day, first),
    CHECK (0 <= spoiled AND spoiled <= taken AND taken <= opened)
) STRICT, WITHOUT ROWID;
INSERT INTO paper_stock_new (prefix, day, first, opened, taken, spoiled)
    SELECT prefix, day, first, opened, taken, spoiled FROM paper_stock;
DROP TABLE paper_stock;
ALTER TABLE paper_stock_new RENAME TO paper_stock;

CREATE TABLE print_batch (        -- sheets on the same paper, printed one after the other on one printer
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    prefix TEXT NOT NULL,
    printer TEXT NOT NULL DEFAULT '',     -- '' where no printer was entered
    place INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'printing', 'stopped', 'done', 'cancelled')),
    error TEXT NOT NULL DEFAULT '',       -- why it stopped: a sentence
    reason TEXT NOT NULL DEFAULT '',      -- why it went to another printer: a code
    made_at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_print_batch_state ON print_batch (state, place);

CREATE TABLE print_batch_job (
    batch TEXT NOT NULL REFERENCES print_batch (id),
    place INTEGER NOT NULL,
    job TEXT NOT NULL REFERENCES certificate_job (id),
    PRIMARY KEY (batch, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_print_batch_job ON print_batch_job (job);
