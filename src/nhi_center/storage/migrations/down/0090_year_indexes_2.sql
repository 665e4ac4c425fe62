-- Undoes 0090_year_indexes_2.sql.
DROP INDEX ix_application_slip;
CREATE INDEX ix_application_slip ON application (slip);
