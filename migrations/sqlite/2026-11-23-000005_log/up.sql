-- The log: places of events, the tree over their leaves, signed heads. Append-only.
CREATE TABLE logs (
    origin TEXT NOT NULL PRIMARY KEY,
    verifier_key TEXT NOT NULL,
    opened_at TIMESTAMP NOT NULL
);
CREATE TABLE log_entries (
    idx BIGINT NOT NULL PRIMARY KEY CHECK (idx >= 0),
    event_id TEXT NOT NULL UNIQUE REFERENCES events (id)
);
CREATE TABLE log_nodes (
    level INTEGER NOT NULL,
    idx BIGINT NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (level, idx)
);
CREATE TABLE checkpoints (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE TRIGGER logs_are_not_changed BEFORE UPDATE ON logs
BEGIN SELECT RAISE(ABORT, 'logs is append-only'); END;
CREATE TRIGGER logs_are_not_removed BEFORE DELETE ON logs
BEGIN SELECT RAISE(ABORT, 'logs is append-only'); END;
CREATE TRIGGER log_entries_are_not_changed BEFORE UPDATE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;
CREATE TRIGGER log_entries_are_not_removed BEFORE DELETE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;
CREATE TRIGGER log_nodes_are_not_changed BEFORE UPDATE ON log_nodes
BEGIN SELECT RAISE(ABORT, 'log_nodes is append-only'); END;
CREATE TRIGGER log_nodes_are_not_removed BEFORE DELETE ON log_nodes
BEGIN SELECT RAISE(ABORT, 'log_nodes is append-only'); END;
CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints is append-only'); END;
CREATE TRIGGER checkpoints_are_not_removed BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints is append-only'); END;
