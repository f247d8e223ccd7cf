-- Where a key lies is the program's to know: a list here would have the table made anew for each further way.
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
    provider TEXT NOT NULL,
    secret TEXT NOT NULL,
    not_before TIMESTAMP NOT NULL,
    not_after TIMESTAMP NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    location TEXT
);
INSERT INTO keys_anew SELECT * FROM keys;
DROP TABLE keys;
ALTER TABLE keys_anew RENAME TO keys;
CREATE INDEX keys_by_agency ON keys (agency_id, id);

-- What somebody is to sign with a key the service doesn't hold, from beginning to end. What was made for it lies in the
-- kept bytes; the row holds what else the second step needs, so that a restart or another node makes no difference.
CREATE TABLE signing_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents (id),
    document_version BIGINT NOT NULL,
    source_version_id TEXT NOT NULL REFERENCES versions (id),
    act TEXT NOT NULL CHECK (act IN ('sign', 'seal')),
    method TEXT NOT NULL CHECK (method IN ('two_step', 'desktop')),
    appointment_id TEXT,
    key_id TEXT NOT NULL REFERENCES keys (id),
    certificate TEXT NOT NULL,
    chain TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('B-B', 'B-T', 'B-LT', 'B-LTA')),
    learnt TEXT NOT NULL CHECK (learnt IN ('good', 'unknown')),
    signing_time TIMESTAMP NOT NULL,
    kept_sha256 TEXT NOT NULL REFERENCES objects (sha256),
    to_sign TEXT,
    download_hash TEXT,
    upload_hash TEXT,
    downloaded_at TIMESTAMP,
    state TEXT NOT NULL CHECK (state IN ('open', 'completed', 'expired', 'cancelled', 'failed')),
    refusals INTEGER NOT NULL CHECK (refusals >= 0),
    reason TEXT,
    begun_by TEXT NOT NULL,
    begun_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    signed_version_id TEXT REFERENCES versions (id),
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE INDEX signing_sessions_by_document ON signing_sessions (document_id);
CREATE INDEX signing_sessions_by_end ON signing_sessions (state, expires_at);
