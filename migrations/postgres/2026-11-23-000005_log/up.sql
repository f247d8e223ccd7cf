-- The log: places of events, the tree over their leaves, signed heads. Append-only.
CREATE TABLE logs (
    origin TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    verifier_key TEXT COLLATE "C" NOT NULL,
    opened_at TIMESTAMP NOT NULL
);
CREATE TABLE log_entries (
    idx BIGINT NOT NULL PRIMARY KEY CHECK (idx >= 0),
    event_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES events (id)
);
CREATE TABLE log_nodes (
    level INTEGER NOT NULL,
    idx BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (level, idx)
);
CREATE TABLE checkpoints (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE TRIGGER logs_are_not_changed BEFORE UPDATE OR DELETE ON logs
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER logs_are_not_emptied BEFORE TRUNCATE ON logs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_entries_are_not_changed BEFORE UPDATE OR DELETE ON log_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_entries_are_not_emptied BEFORE TRUNCATE ON log_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_nodes_are_not_changed BEFORE UPDATE OR DELETE ON log_nodes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_nodes_are_not_emptied BEFORE TRUNCATE ON log_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE OR DELETE ON checkpoints
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_are_not_emptied BEFORE TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
