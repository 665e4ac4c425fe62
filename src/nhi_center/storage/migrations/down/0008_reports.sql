-- Undoes 0008_reports.sql: the rows of these tables are lost with them.
DROP TABLE report;
