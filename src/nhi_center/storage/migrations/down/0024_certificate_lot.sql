-- Undoes 0024_certificate_lot.sql: the signatures over lots are lost; the steps of the sheets stay.
DROP TABLE certificate_lot;
