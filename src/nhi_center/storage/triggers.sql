-- The one list of triggers; migrate.py drops and makes them anew after every migration, because rebuilding a table drops them silently.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'audit seq gap'); END;
CREATE TRIGGER movement_no_update BEFORE UPDATE ON movement BEGIN SELECT RAISE(ABORT, 'movement is append-only'); END;
CREATE TRIGGER movement_no_delete BEFORE DELETE ON movement BEGIN SELECT RAISE(ABORT, 'movement is append-only'); END;
CREATE TRIGGER handover_count_no_update BEFORE UPDATE ON handover_count BEGIN SELECT RAISE(ABORT, 'handover_count is append-only'); END;
CREATE TRIGGER handover_count_no_delete BEFORE DELETE ON handover_count BEGIN SELECT RAISE(ABORT, 'handover_count is append-only'); END;
CREATE TRIGGER handover_signature_no_update BEFORE UPDATE ON handover_signature BEGIN SELECT RAISE(ABORT, 'handover_signature is append-only'); END;
CREATE TRIGGER handover_signature_no_delete BEFORE DELETE ON handover_signature BEGIN SELECT RAISE(ABORT, 'handover_signature is append-only'); END;
CREATE TRIGGER day_close_no_update BEFORE UPDATE ON day_close BEGIN SELECT RAISE(ABORT, 'day_close is append-only'); END;
CREATE TRIGGER day_close_no_delete BEFORE DELETE ON day_close BEGIN SELECT RAISE(ABORT, 'day_close is append-only'); END;
CREATE TRIGGER call_record_stands BEFORE UPDATE ON call WHEN OLD.state IN ('done', 'dropped') BEGIN SELECT RAISE(ABORT, 'a recorded call stands'); END;
CREATE TRIGGER call_back_kept_once BEFORE UPDATE ON call_back WHEN OLD.done_at <> '' BEGIN SELECT RAISE(ABORT, 'a kept call-back stands'); END;
CREATE TRIGGER application_event_no_update BEFORE UPDATE ON application_event BEGIN SELECT RAISE(ABORT, 'application_event is append-only'); END;
CREATE TRIGGER application_event_no_delete BEFORE DELETE ON application_event BEGIN SELECT RAISE(ABORT, 'application_event is append-only'); END;
CREATE TRIGGER application_no_delete BEFORE DELETE ON application BEGIN SELECT RAISE(ABORT, 'applications are kept'); END;
CREATE TRIGGER second_keying_stands BEFORE UPDATE ON second_keying WHEN OLD.state <> 'open' BEGIN SELECT RAISE(ABORT, 'an ended second keying stands'); END;
CREATE TRIGGER second_keying_no_delete BEFORE DELETE ON second_keying BEGIN SELECT RAISE(ABORT, 'second keyings are kept'); END;
CREATE TRIGGER mismatch_settled_once BEFORE UPDATE ON mismatch WHEN OLD.verdict <> '' BEGIN SELECT RAISE(ABORT, 'a settled mismatch stands'); END;
CREATE TRIGGER mismatch_no_delete BEFORE DELETE ON mismatch BEGIN SELECT RAISE(ABORT, 'mismatches are kept'); END;
CREATE TRIGGER mismatch_signature_no_update BEFORE UPDATE ON mismatch_signature BEGIN SELECT RAISE(ABORT, 'mismatch_signature is append-only'); END;
CREATE TRIGGER mismatch_signature_no_delete BEFORE DELETE ON mismatch_signature BEGIN SELECT RAISE(ABORT, 'mismatch_signature is append-only'); END;
CREATE TRIGGER review_no_update BEFORE UPDATE ON review BEGIN SELECT RAISE(ABORT, 'review is append-only'); END;
CREATE TRIGGER review_no_delete BEFORE DELETE ON review BEGIN SELECT RAISE(ABORT, 'review is append-only'); END;
CREATE TRIGGER certificate_event_no_update BEFORE UPDATE ON certificate_event BEGIN SELECT RAISE(ABORT, 'certificate_event is append-only'); END;
CREATE TRIGGER certificate_event_no_delete BEFORE DELETE ON certificate_event BEGIN SELECT RAISE(ABORT, 'certificate_event is append-only'); END;
CREATE TRIGGER certificate_signature_no_update BEFORE UPDATE ON certificate_signature BEGIN SELECT RAISE(ABORT, 'certificate_signature is append-only'); END;
CREATE TRIGGER certificate_signature_no_delete BEFORE DELETE ON certificate_signature BEGIN SELECT RAISE(ABORT, 'certificate_signature is append-only'); END;
CREATE TRIGGER certificate_job_no_delete BEFORE DELETE ON certificate_job BEGIN SELECT RAISE(ABORT, 'print jobs are kept'); END;
CREATE TRIGGER certificate_spoiled_stands BEFORE UPDATE ON certificate_job WHEN OLD.spoiled = 1 AND (NEW.spoiled <> 1 OR NEW.serial <> OLD.serial) BEGIN SELECT RAISE(ABORT, 'a spoiled sheet keeps its mark and number'); END;
CREATE TRIGGER paper_event_no_update BEFORE UPDATE ON paper_event BEGIN SELECT RAISE(ABORT, 'paper_event is append-only'); END;
CREATE TRIGGER paper_event_no_delete BEFORE DELETE ON paper_event BEGIN SELECT RAISE(ABORT, 'paper_event is append-only'); END;
CREATE TRIGGER paper_stock_no_delete BEFORE DELETE ON paper_stock BEGIN SELECT RAISE(ABORT, 'counts of paper are kept'); END;
CREATE TRIGGER report_no_update BEFORE UPDATE ON report BEGIN SELECT RAISE(ABORT, 'report is append-only'); END;
CREATE TRIGGER report_no_delete BEFORE DELETE ON report BEGIN SELECT RAISE(ABORT, 'report is append-only'); END;
