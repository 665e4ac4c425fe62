-- Undoes 0050_numbers.sql: a terminal counts on by itself.
DROP TABLE number_alone;
DROP TABLE number_block;
