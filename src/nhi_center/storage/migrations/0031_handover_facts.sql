-- 受渡簿: by what means a 便 came or goes, and in what condition; both signed as part of its contents.
ALTER TABLE handover ADD COLUMN medium TEXT NOT NULL DEFAULT '1';
ALTER TABLE handover ADD COLUMN condition TEXT NOT NULL DEFAULT '1';
