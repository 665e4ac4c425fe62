-- Undoes 0075_copies.sql.
DROP TABLE second_copy;
DROP TABLE copy_approval;
