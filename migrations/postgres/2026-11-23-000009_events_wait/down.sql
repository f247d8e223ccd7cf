DROP TRIGGER events_wait_for_a_place ON events;
DROP FUNCTION wait_for_a_place();
