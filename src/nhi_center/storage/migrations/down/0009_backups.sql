-- Undoes 0009_backups.sql: the rows of these tables are lost with them.
DROP TABLE backup_try;
DROP TABLE month_key;
