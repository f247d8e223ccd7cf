-- The sender's date of an incoming document, and what its signatures were judged to be when it came.
ALTER TABLE documents ADD COLUMN sender_date DATE;

CREATE TABLE received_verdicts (
    version_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES versions (id),
    agency_id TEXT COLLATE "C" NOT NULL,
    indication TEXT COLLATE "C" NOT NULL,
    report TEXT COLLATE "C" NOT NULL,
    policy TEXT COLLATE "C" NOT NULL,
    judged_at TIMESTAMP NOT NULL
);
