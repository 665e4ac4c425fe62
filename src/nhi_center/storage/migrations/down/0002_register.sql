-- Undoes 0002_register.sql: the rows of these tables are lost with them.
DROP TABLE result;
DROP TABLE person_bigram;
DROP TABLE person;
