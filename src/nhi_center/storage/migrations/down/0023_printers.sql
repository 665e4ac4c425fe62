-- Undoes 0023_printers.sql: the list of printers and their adjustments are lost.
DROP TABLE printer_event;
