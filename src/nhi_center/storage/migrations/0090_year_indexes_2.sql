-- Which applications are still here is asked of all 管理票 of a year (storage.figures.pending): without reading the rows themselves.
DROP INDEX ix_application_slip;
CREATE INDEX ix_application_slip ON application (slip, envelope, state);
