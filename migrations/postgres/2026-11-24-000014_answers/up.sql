-- Answers of authorities elsewhere (OCSP, lists, certificates of issuers), remembered for a while so that they aren't
-- asked for the same again and again. Proves nothing and is no part of the trail: it may be emptied at any time.
CREATE TABLE remembered_answers (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    topic TEXT COLLATE "C" NOT NULL CHECK (topic IN ('ocsp', 'crl', 'certificate')),
    about TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    size BIGINT NOT NULL,
    fetched_at TIMESTAMP NOT NULL,
    until TIMESTAMP NOT NULL
);
CREATE INDEX remembered_answers_by_age ON remembered_answers (fetched_at);

-- What a verdict on receipt rests on (certificates, lists, responses), as it is kept for signatures made here.
ALTER TABLE received_verdicts ADD COLUMN evidence TEXT COLLATE "C";
