-- Undoes 0083_paper_exports.sql: who signed for printed reports is lost; their sheets stay in the ledger, under a kind that an older
-- program does not know, so hand them over first.
DROP TABLE paper_export;
