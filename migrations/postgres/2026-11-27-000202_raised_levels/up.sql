-- Levels that documents were raised to, with the evidence of then; and until when the newest archive time-stamp of one holds
-- by its authority's certificate.
CREATE TABLE raised_levels (
    version_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES versions (id),
    agency_id TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    level TEXT COLLATE "C" NOT NULL CHECK (level IN ('B-T', 'B-LT', 'B-LTA')),
    stamp_ends_at TIMESTAMP,
    evidence TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    policy TEXT COLLATE "C" NOT NULL,
    raised_at TIMESTAMP NOT NULL
);
CREATE INDEX raised_levels_by_document ON raised_levels (document_id, version_id);
CREATE INDEX raised_levels_by_end ON raised_levels (stamp_ends_at);
