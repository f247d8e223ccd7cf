-- What happened: one row an event, written in the transaction of the change itself, never changed.
CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    body TEXT NOT NULL,
    salt TEXT NOT NULL CHECK (length(salt) = 32),
    leaf TEXT NOT NULL CHECK (length(leaf) <= 65535)
);
CREATE INDEX events_by_subject ON events (agency_id, subject_kind, subject_id, id);

-- Events that have no place in the log yet.
CREATE TABLE pending_events (
    event_id TEXT NOT NULL PRIMARY KEY REFERENCES events (id)
);

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
