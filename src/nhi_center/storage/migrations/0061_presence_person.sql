-- Each event of a person's 入退室 asks for his stays of later days: by index, not by reading everybody's of all years.
CREATE INDEX ix_presence_person ON presence (person, day, entered_at);
