DROP TABLE watch_state;
DROP TABLE self_check;
