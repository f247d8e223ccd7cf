-- Kept bytes (by their SHA-256), who uses them, and work to be done later.
CREATE TABLE objects (
    sha256 TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    size BIGINT NOT NULL CHECK (size >= 0),
    media_type TEXT COLLATE "C" NOT NULL,
    kept_at TIMESTAMP NOT NULL
);

-- One row a use: two agencies with the same bytes don't depend on each other.
CREATE TABLE object_uses (
    agency_id TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL REFERENCES objects (sha256),
    owner_kind TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, sha256, owner_kind, owner_id)
);
CREATE INDEX object_uses_by_object ON object_uses (sha256);

CREATE TABLE jobs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    attempts INTEGER NOT NULL,
    run_after TIMESTAMP NOT NULL,
    lease_until TIMESTAMP,
    outcome TEXT COLLATE "C",
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);
CREATE INDEX jobs_to_do ON jobs (state, run_after);
