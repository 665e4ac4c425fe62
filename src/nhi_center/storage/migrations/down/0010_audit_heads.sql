-- Undoes 0010_audit_heads.sql: the signed heads and the keys of the pseudonyms are lost with it; the log itself stays.
DROP TABLE pseudonym_key;
ALTER TABLE audit_anchor DROP COLUMN root;
DROP INDEX ix_audit_head_day;
DROP TABLE audit_head;
