-- The ward's register as this terminal may know it, and its search keys (never printed from).
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    atena TEXT NOT NULL UNIQUE,
    household TEXT NOT NULL,
    kana_key TEXT NOT NULL,       -- NFKC, katakana, no spaces
    given_key TEXT NOT NULL,      -- the given name's part of kana_key
    kanji_key TEXT NOT NULL,      -- NFKC, no spaces, no variation selectors
    birth TEXT NOT NULL,
    phone TEXT NOT NULL,
    phone_reversed TEXT NOT NULL,
    number_key TEXT NOT NULL,     -- 記号・番号 without separators
    body TEXT NOT NULL,           -- domain.people.person_to_json
    cursor INTEGER NOT NULL
) STRICT;
CREATE INDEX ix_person_kana ON person (kana_key, id);
CREATE INDEX ix_person_given ON person (given_key, kana_key, id);
CREATE INDEX ix_person_kanji ON person (kanji_key, kana_key, id);
CREATE INDEX ix_person_birth ON person (birth, kana_key, id);
CREATE INDEX ix_person_phone ON person (phone);
CREATE INDEX ix_person_phone_reversed ON person (phone_reversed);
CREATE INDEX ix_person_number ON person (number_key);
CREATE INDEX ix_person_household ON person (household, id);
CREATE VIRTUAL TABLE person_bigram USING fts5(g, content='', contentless_delete=1, tokenize='unicode61', detail='full');

CREATE TABLE result (             -- what the standard system answered to a reviewed application
    application TEXT PRIMARY KEY,
    atena TEXT NOT NULL,
    body TEXT NOT NULL,
    cursor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
