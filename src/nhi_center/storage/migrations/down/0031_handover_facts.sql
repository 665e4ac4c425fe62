-- Undoes 0031_handover_facts.sql: means and condition are only in the contents both signed then.
ALTER TABLE handover DROP COLUMN medium;
ALTER TABLE handover DROP COLUMN condition;
