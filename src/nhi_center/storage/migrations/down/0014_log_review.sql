DROP TABLE log_review;
DROP TABLE log_remark;
