-- 印刷の不具合の履歴: a step keeps what went wrong in it, the job only what is wrong now.
ALTER TABLE certificate_event ADD COLUMN error TEXT NOT NULL DEFAULT '';
-- What the spooler gives as its reasons, word for word, for whoever looks into its trouble.
ALTER TABLE certificate_job ADD COLUMN spooler_reasons TEXT NOT NULL DEFAULT '';
