DROP TABLE pending_events;
DROP TABLE events;
