DROP TABLE report_words;
