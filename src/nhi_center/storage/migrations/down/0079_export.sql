-- Undoes 0079_export.sql: the manifests kept here are lost; those beside the files and at the segment stay.
DROP TABLE export_sent;
DROP TABLE export;
