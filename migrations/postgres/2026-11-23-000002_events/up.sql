-- What happened: one row an event, written in the transaction of the change itself, never changed.
CREATE TABLE events (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject_id TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    salt TEXT COLLATE "C" NOT NULL CHECK (length(salt) = 32),
    leaf TEXT COLLATE "C" NOT NULL CHECK (octet_length(leaf) <= 65535)
);
CREATE INDEX events_by_subject ON events (agency_id, subject_kind, subject_id, id);

-- Events that have no place in the log yet.
CREATE TABLE pending_events (
    event_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES events (id)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER events_are_not_changed BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
