-- Undoes 0061_presence_person.sql.
DROP INDEX ix_presence_person;
