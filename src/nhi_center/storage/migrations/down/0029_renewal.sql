-- Undoes 0029_renewal.sql: which persons belonged to a renewal and which covers were printed is lost; the jobs stay.
DROP TABLE cover_job;
DROP TABLE cover;
DROP TABLE renewal_event;
DROP TABLE renewal_person;
DROP TABLE renewal;
