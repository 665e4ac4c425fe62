-- Undoes 0044_question_paper.sql: the movements and the receipts still say which sheets went and came back.
DROP TABLE handover_back;
DROP TABLE hold_paper;
