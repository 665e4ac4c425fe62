DROP TABLE roster_event;
