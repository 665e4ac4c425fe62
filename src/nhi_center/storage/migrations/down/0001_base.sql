-- Undoes 0001_base.sql: the rows of these tables are lost with them.
DROP TABLE presence;
DROP TABLE ward_setting;
DROP TABLE sync_state;
DROP TABLE outbox;
DROP TABLE audit_anchor;
DROP TABLE audit;
