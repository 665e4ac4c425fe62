-- 集計: what happened between two moments is asked for by index, not by reading the ledgers of all years.
CREATE INDEX ix_slip_day ON slip (day);
CREATE INDEX ix_application_event_at ON application_event (at);
CREATE INDEX ix_review_at ON review (at);
CREATE INDEX ix_movement_at ON movement (at);
CREATE INDEX ix_certificate_event_at ON certificate_event (at);
CREATE INDEX ix_second_keying_started ON second_keying (started_at);
CREATE INDEX ix_incident_day ON incident (day);
