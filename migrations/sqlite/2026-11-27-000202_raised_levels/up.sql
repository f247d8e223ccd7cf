-- Levels that documents were raised to, with the evidence of then; and until when the newest archive time-stamp of one holds
-- by its authority's certificate.
CREATE TABLE raised_levels (
    version_id TEXT NOT NULL PRIMARY KEY REFERENCES versions (id),
    agency_id TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents (id),
    level TEXT NOT NULL CHECK (level IN ('B-T', 'B-LT', 'B-LTA')),
    stamp_ends_at TIMESTAMP,
    evidence TEXT NOT NULL,
    verdict TEXT NOT NULL,
    policy TEXT NOT NULL,
    raised_at TIMESTAMP NOT NULL
);
CREATE INDEX raised_levels_by_document ON raised_levels (document_id, version_id);
CREATE INDEX raised_levels_by_end ON raised_levels (stamp_ends_at);
