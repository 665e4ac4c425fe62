-- Undoes 0004_entry.sql: the rows of these tables are lost with them.
DROP TABLE hold;
DROP TABLE application_event;
DROP TABLE application;
