-- Undoes 0060_device_holds.sql: what was plugged in and who looked at it stays in the log.
DROP TABLE device_hold;
