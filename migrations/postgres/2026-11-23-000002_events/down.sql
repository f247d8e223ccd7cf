DROP TABLE pending_events;
DROP TABLE events;
DROP FUNCTION refuse_change();
