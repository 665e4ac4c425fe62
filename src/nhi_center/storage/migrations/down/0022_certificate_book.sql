-- Undoes 0022_certificate_book.sql: what became of certificates, counts of paper and the seals are lost.
DROP TABLE seal;
DROP TABLE paper_count;
DROP TABLE certificate_life;
