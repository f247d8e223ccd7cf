DROP TABLE signing_sessions;
CREATE TABLE keys_anew (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('personal', 'agency_seal', 'archive_receipt', 'log')),
    person_id TEXT,
    name TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    certificate TEXT,
    chain TEXT NOT NULL,
    image_sha256 TEXT REFERENCES objects (sha256),
    provider TEXT NOT NULL CHECK (provider IN ('sealed')),
    secret TEXT NOT NULL,
    not_before TIMESTAMP NOT NULL,
    not_after TIMESTAMP NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    location TEXT
);
INSERT INTO keys_anew SELECT * FROM keys WHERE provider = 'sealed';
DROP TABLE keys;
ALTER TABLE keys_anew RENAME TO keys;
CREATE INDEX keys_by_agency ON keys (agency_id, id);
