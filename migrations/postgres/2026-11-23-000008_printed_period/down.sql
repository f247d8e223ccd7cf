ALTER TABLE documents DROP COLUMN printed_period;
