-- Undoes 0036_call_answers.sql: the ward's own answers are lost, the shipped ones stand again.
DROP TABLE call_answer;
