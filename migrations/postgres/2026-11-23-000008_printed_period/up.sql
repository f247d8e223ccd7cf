-- Year, or year and month, that a prepared file prints beside the gaps of its date.
ALTER TABLE documents ADD COLUMN printed_period TEXT COLLATE "C";
