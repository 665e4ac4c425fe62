-- Undoes 0027_turning.sql: what was found and done is lost; the next look begins anew.
DROP TABLE turning_settled;
DROP TABLE turning_item;
DROP TABLE turning_look;
