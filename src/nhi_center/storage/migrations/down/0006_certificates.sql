-- Undoes 0006_certificates.sql: the rows of these tables are lost with them.
DROP TABLE paper_event;
DROP TABLE paper_stock;
DROP TABLE certificate_signature;
DROP TABLE certificate_event;
DROP TABLE certificate_job;
