-- Keys the service holds: the secret part only ever sealed under the master key. An empty agency is
-- the installation itself (the log's key).
CREATE TABLE keys (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('personal', 'agency_seal', 'archive_receipt', 'log')),
    person_id TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    algorithm TEXT COLLATE "C" NOT NULL,
    certificate TEXT COLLATE "C",
    chain TEXT COLLATE "C" NOT NULL,
    image_sha256 TEXT COLLATE "C" REFERENCES objects (sha256),
    provider TEXT COLLATE "C" NOT NULL CHECK (provider IN ('sealed')),
    secret TEXT COLLATE "C" NOT NULL,
    not_before TIMESTAMP NOT NULL,
    not_after TIMESTAMP NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'retired')),
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE INDEX keys_by_agency ON keys (agency_id, id);
