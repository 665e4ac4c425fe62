-- The tree beside the chain: its root stands in every countersigned head, its peaks let the next head be computed from the new
-- entries alone. Heads from before have neither; the tree is then computed once from the entries.
ALTER TABLE audit_anchor ADD COLUMN root bytea CHECK (octet_length(root) = 32);
ALTER TABLE audit_anchor ADD COLUMN peaks bytea;
