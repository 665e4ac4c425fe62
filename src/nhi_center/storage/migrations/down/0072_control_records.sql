DROP TABLE control_record_event;
