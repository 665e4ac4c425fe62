-- 食い違い leave with their paper: the trigger gives way, and a paper finds its 食い違い.
CREATE INDEX ix_conflict_slip ON conflict (slip);
