-- Every event waits for its place in the log from the moment it is written: no program can forget to say so.
CREATE TRIGGER events_wait_for_a_place AFTER INSERT ON events
BEGIN INSERT INTO pending_events (event_id) VALUES (NEW.id); END;
