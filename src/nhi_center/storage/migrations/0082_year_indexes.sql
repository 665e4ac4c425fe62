-- What is asked at every act, page or exchange, found with a year of work to read the whole of its table.
CREATE INDEX ix_application_urgent ON application (urgent_until) WHERE urgent_until <> '';
CREATE INDEX ix_application_entered ON application (entered_at) WHERE entered_at <> '';
CREATE INDEX ix_application_slip ON application (slip);
CREATE INDEX ix_certificate_job_application ON certificate_job (application);
CREATE INDEX ix_application_event_keyed ON application_event (by, application) WHERE dst = 'entered' AND frm = 'drafting';
CREATE INDEX ix_call_back_call ON call_back (call);
CREATE INDEX ix_outbox_kind ON outbox (kind);
CREATE INDEX ix_result_decision ON result (cursor) WHERE json_extract(body, '$.decision') IS NOT NULL;
