-- Every event waits for its place in the log from the moment it is written: no program can forget to say so.
CREATE FUNCTION wait_for_a_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pending_events (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER events_wait_for_a_place AFTER INSERT ON events
    FOR EACH ROW EXECUTE FUNCTION wait_for_a_place();
