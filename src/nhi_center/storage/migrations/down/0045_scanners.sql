-- Undoes 0045_scanners.sql: who allowed which device stays in the log.
DROP TABLE scanner;
