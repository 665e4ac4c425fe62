-- Undoes 0085_leaving_reach.sql.
DROP INDEX ix_conflict_slip;
