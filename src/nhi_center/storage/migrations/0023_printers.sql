-- プリンター: which there are, how each is adjusted, who has accepted its test sheet.
CREATE TABLE printer_event (      -- append-only: the newest 'set' stands; an adjustment has to be accepted anew
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    printer TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('set', 'adjusted', 'accepted', 'retired')),
    body TEXT NOT NULL DEFAULT '{}',      -- JSON: of 'set' name, way, address, approval, prefix; of 'adjusted' dx, dy, scale
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT;
CREATE INDEX ix_printer_event ON printer_event (printer, seq);
