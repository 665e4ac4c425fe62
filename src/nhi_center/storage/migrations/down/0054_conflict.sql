-- Undoes 0054_conflict.sql: what was refused and not settled is lost; the log still says that it was.
DROP TABLE terminal_failure;
DROP TABLE conflict;
