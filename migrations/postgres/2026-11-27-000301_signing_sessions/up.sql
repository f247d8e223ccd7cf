-- Where a key lies is the program's to know: a list here would have the table made anew for each further way.
ALTER TABLE keys DROP CONSTRAINT keys_provider_check;

-- What somebody is to sign with a key the service doesn't hold, from beginning to end. What was made for it lies in the
-- kept bytes; the row holds what else the second step needs, so that a restart or another node makes no difference.
CREATE TABLE signing_sessions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    document_version BIGINT NOT NULL,
    source_version_id TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
    act TEXT COLLATE "C" NOT NULL CHECK (act IN ('sign', 'seal')),
    method TEXT COLLATE "C" NOT NULL CHECK (method IN ('two_step', 'desktop')),
    appointment_id TEXT COLLATE "C",
    key_id TEXT COLLATE "C" NOT NULL REFERENCES keys (id),
    certificate TEXT COLLATE "C" NOT NULL,
    chain TEXT COLLATE "C" NOT NULL,
    level TEXT COLLATE "C" NOT NULL CHECK (level IN ('B-B', 'B-T', 'B-LT', 'B-LTA')),
    learnt TEXT COLLATE "C" NOT NULL CHECK (learnt IN ('good', 'unknown')),
    signing_time TIMESTAMP NOT NULL,
    kept_sha256 TEXT COLLATE "C" NOT NULL REFERENCES objects (sha256),
    to_sign TEXT COLLATE "C",
    download_hash TEXT COLLATE "C",
    upload_hash TEXT COLLATE "C",
    downloaded_at TIMESTAMP,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'completed', 'expired', 'cancelled', 'failed')),
    refusals INTEGER NOT NULL CHECK (refusals >= 0),
    reason TEXT COLLATE "C",
    begun_by TEXT COLLATE "C" NOT NULL,
    begun_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    signed_version_id TEXT COLLATE "C" REFERENCES versions (id),
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE INDEX signing_sessions_by_document ON signing_sessions (document_id);
CREATE INDEX signing_sessions_by_end ON signing_sessions (state, expires_at);
