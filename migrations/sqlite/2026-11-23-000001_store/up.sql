-- Kept bytes (by their SHA-256), who uses them, and work to be done later.
CREATE TABLE objects (
    sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    size BIGINT NOT NULL CHECK (size >= 0),
    media_type TEXT NOT NULL,
    kept_at TIMESTAMP NOT NULL
);

-- One row a use: two agencies with the same bytes don't depend on each other.
CREATE TABLE object_uses (
    agency_id TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES objects (sha256),
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    PRIMARY KEY (agency_id, sha256, owner_kind, owner_id)
);
CREATE INDEX object_uses_by_object ON object_uses (sha256);

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    attempts INTEGER NOT NULL,
    run_after TIMESTAMP NOT NULL,
    lease_until TIMESTAMP,
    outcome TEXT,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);
CREATE INDEX jobs_to_do ON jobs (state, run_after);
