-- Undoes 0069_year_indexes.sql.
DROP INDEX ix_result_decision;
DROP INDEX ix_outbox_kind;
DROP INDEX ix_call_back_call;
DROP INDEX ix_application_event_keyed;
DROP INDEX ix_application_entered;
DROP INDEX ix_application_urgent;
