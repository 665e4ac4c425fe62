ALTER TABLE certificate_job DROP COLUMN spooler;
