-- 印刷サーバーの言い分: how the spooler says a job stands, beside what a person has seen. '' for a folder, or before it was asked.
ALTER TABLE certificate_job ADD COLUMN spooler TEXT NOT NULL DEFAULT '' CHECK (
    spooler IN ('', 'pending', 'held', 'processing', 'stopped', 'canceled', 'aborted', 'completed')
);
