-- Undoes 0007_calls.sql: the rows of these tables are lost with them.
DROP TABLE call_back;
DROP TABLE call;
