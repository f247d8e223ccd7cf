-- The sender's date of an incoming document, and what its signatures were judged to be when it came.
ALTER TABLE documents ADD COLUMN sender_date DATE;

CREATE TABLE received_verdicts (
    version_id TEXT NOT NULL PRIMARY KEY REFERENCES versions (id),
    agency_id TEXT NOT NULL,
    indication TEXT NOT NULL,
    report TEXT NOT NULL,
    policy TEXT NOT NULL,
    judged_at TIMESTAMP NOT NULL
);
