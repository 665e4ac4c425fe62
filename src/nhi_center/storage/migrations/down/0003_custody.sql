-- Undoes 0003_custody.sql: the rows of these tables are lost with them.
DROP TABLE day_close;
DROP TABLE day_exception;
DROP TABLE balance;
DROP TABLE movement;
DROP TABLE slip;
DROP TABLE incident;
DROP TABLE receipt;
DROP TABLE handover_signature;
DROP TABLE handover_piece;
DROP TABLE handover_count;
DROP TABLE handover_kind;
DROP TABLE handover;
