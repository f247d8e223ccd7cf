-- Events get their places in the order they were written in, which their identifiers tell to the millisecond only: of two
-- that touch one row in the same one, the later must come later in the log.
DROP TRIGGER events_wait_for_a_place;
ALTER TABLE pending_events RENAME TO pending_before;
CREATE TABLE pending_events (
    arrival INTEGER NOT NULL PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE REFERENCES events (id)
);
INSERT INTO pending_events (event_id) SELECT event_id FROM pending_before ORDER BY event_id;
DROP TABLE pending_before;
CREATE TRIGGER events_wait_for_a_place AFTER INSERT ON events
BEGIN INSERT INTO pending_events (event_id) VALUES (NEW.id); END;
