DROP TABLE known_account;
