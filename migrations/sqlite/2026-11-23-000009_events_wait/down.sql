DROP TRIGGER events_wait_for_a_place;
