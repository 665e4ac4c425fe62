-- 照合: what the verifier keyed first where it differed, before he looked at the paper again.
ALTER TABLE second_keying ADD COLUMN again TEXT NOT NULL DEFAULT '{}';     -- JSON: his first value by field
