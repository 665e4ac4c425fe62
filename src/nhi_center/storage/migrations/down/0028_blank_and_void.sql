-- Undoes 0028_blank_and_void.sql: 書損(白紙) and every 再交付 of a void certificate are lost to the store.
-- changes the number of rows of: certificate_job certificate_event certificate_signature certificate_life print_batch_job
DROP TABLE blank_spoiled;
DROP TRIGGER IF EXISTS certificate_job_no_delete;
DROP TRIGGER IF EXISTS certificate_event_no_delete;
DROP TRIGGER IF EXISTS certificate_signature_no_delete;
DROP TRIGGER IF EXISTS certificate_life_no_delete;
CREATE TEMP TABLE reissued AS WITH RECURSIVE later (id) AS (
    SELECT id FROM certificate_job WHERE replaces IN (SELECT id FROM certificate_job WHERE void = 1)
    UNION SELECT j.id FROM certificate_job j JOIN later ON j.replaces = later.id
) SELECT id FROM later;
DELETE FROM print_batch_job WHERE job IN (SELECT id FROM reissued);
DELETE FROM certificate_event WHERE job IN (SELECT id FROM reissued);
DELETE FROM certificate_signature WHERE job IN (SELECT id FROM reissued);
DELETE FROM certificate_life WHERE job IN (SELECT id FROM reissued);
DELETE FROM certificate_job WHERE id IN (SELECT id FROM reissued);
DROP TABLE reissued;
DROP INDEX ux_certificate_job_live;
DROP INDEX ux_certificate_job_renewal;
ALTER TABLE certificate_job DROP COLUMN void;
CREATE UNIQUE INDEX ux_certificate_job_live ON certificate_job (application) WHERE spoiled = 0;
CREATE UNIQUE INDEX ux_certificate_job_renewal ON certificate_job (renewal, atena) WHERE spoiled = 0 AND renewal <> '';
