DROP TABLE received_verdicts;
ALTER TABLE documents DROP COLUMN sender_date;
