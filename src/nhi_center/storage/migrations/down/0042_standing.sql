-- Undoes 0042_standing.sql: the terminal knows its own paper alone.
DROP TABLE closed_elsewhere;
DROP TABLE standing;
