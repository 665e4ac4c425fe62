-- Undoes 0032_giving_back.sql: why they went back is only on the receipts both signed then.
DROP TABLE giving_back;
