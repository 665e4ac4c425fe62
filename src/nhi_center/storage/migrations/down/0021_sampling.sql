-- Undoes 0021_sampling.sql: the shares that were set and the counters of keying are lost.
DROP TABLE keying;
DROP TABLE verification_rate;
