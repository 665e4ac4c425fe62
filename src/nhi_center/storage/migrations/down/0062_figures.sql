-- Undoes 0062_figures.sql.
DROP INDEX ix_incident_day;
DROP INDEX ix_second_keying_started;
DROP INDEX ix_certificate_event_at;
DROP INDEX ix_movement_at;
DROP INDEX ix_review_at;
DROP INDEX ix_application_event_at;
DROP INDEX ix_slip_day;
