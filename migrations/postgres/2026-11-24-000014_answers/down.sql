ALTER TABLE received_verdicts DROP COLUMN evidence;
DROP TABLE remembered_answers;
