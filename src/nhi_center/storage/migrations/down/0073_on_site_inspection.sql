DROP TABLE on_site_line;
DROP TABLE on_site_event;
