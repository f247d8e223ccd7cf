ALTER TABLE pending_events DROP COLUMN arrival;
