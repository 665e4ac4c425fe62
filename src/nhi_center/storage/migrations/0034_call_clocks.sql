-- 電話: 保留 and 後処理 in the length of a call, and the number that called (digits) for what it asked before.
ALTER TABLE call ADD COLUMN held_at TEXT NOT NULL DEFAULT '';            -- '' = not on hold
ALTER TABLE call ADD COLUMN hold_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call ADD COLUMN done_at TEXT NOT NULL DEFAULT '';            -- '' in a record = from before it was kept
ALTER TABLE call ADD COLUMN phone TEXT NOT NULL DEFAULT '';
CREATE INDEX ix_call_phone ON call (phone, day, seq) WHERE phone <> '';
CREATE INDEX ix_call_back_number ON call_back (number);
