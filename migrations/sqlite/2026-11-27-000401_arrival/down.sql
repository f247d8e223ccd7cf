DROP TRIGGER events_wait_for_a_place;
ALTER TABLE pending_events RENAME TO pending_after;
CREATE TABLE pending_events (
    event_id TEXT NOT NULL PRIMARY KEY REFERENCES events (id)
);
INSERT INTO pending_events (event_id) SELECT event_id FROM pending_after ORDER BY arrival;
DROP TABLE pending_after;
CREATE TRIGGER events_wait_for_a_place AFTER INSERT ON events
BEGIN INSERT INTO pending_events (event_id) VALUES (NEW.id); END;
