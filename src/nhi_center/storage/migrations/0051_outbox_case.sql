-- Rows of one case (届出・申請, 便, 電話, 出力) go out in their order: while one of them is set aside, those behind it wait.
ALTER TABLE outbox ADD COLUMN case_key TEXT NOT NULL DEFAULT '';
CREATE INDEX ix_outbox_case ON outbox (case_key, seq) WHERE case_key <> '' AND state <> 'sent';
