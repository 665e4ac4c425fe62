-- Undoes 0026_print_batches.sql: the batches are lost, their sheets wait one by one; packs forget whose tray they lie in.
DROP TABLE print_batch_job;
DROP TABLE print_batch;
CREATE TABLE paper_stock_old (
    prefix TEXT NOT NULL,
    day TEXT NOT NULL,
    first INTEGER NOT NULL CHECK (first > 0),
    opened INTEGER NOT NULL CHECK (opened >= 0),
    taken INTEGER NOT NULL DEFAULT 0,
    spoiled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (prefix, day, first),
    CHECK (0 <= spoiled AND spoiled <= taken AND taken <= opened)
) STRICT, WITHOUT ROWID;
INSERT INTO paper_stock_old SELECT prefix, day, first, opened, taken, spoiled FROM paper_stock;
DROP TABLE paper_stock;
ALTER TABLE paper_stock_old RENAME TO paper_stock;
