-- 室内の件数: what each terminal of the room told of its days, numbers alone; the newest of a day stands.
CREATE TABLE room_figures (
    terminal TEXT NOT NULL,
    day TEXT NOT NULL,
    cursor INTEGER NOT NULL,
    at TEXT NOT NULL,
    numbers TEXT NOT NULL,      -- JSON, by the names of domain.room_figures
    PRIMARY KEY (terminal, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_room_figures_day ON room_figures (day);
