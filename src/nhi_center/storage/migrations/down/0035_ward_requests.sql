-- Undoes 0035_ward_requests.sql: what was asked and answered is in the records at the segment.
DROP TABLE ward_request;
