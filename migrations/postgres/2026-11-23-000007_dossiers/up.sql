-- Electronic files, and their hand-over to the archive.
CREATE TABLE file_plan_entries (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    year INTEGER NOT NULL,
    notation TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    retention TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    UNIQUE (agency_id, year, notation)
);
CREATE TABLE dossiers (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    entry_id TEXT COLLATE "C" NOT NULL REFERENCES file_plan_entries (id),
    code TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    retention TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'closed', 'submitted', 'accepted')),
    created_by TEXT COLLATE "C" NOT NULL,
    opened_on DATE NOT NULL,
    closed_on DATE,
    version BIGINT NOT NULL CHECK (version >= 1),
    UNIQUE (agency_id, code)
);
CREATE TABLE filings (
    dossier_id TEXT COLLATE "C" NOT NULL REFERENCES dossiers (id),
    document_id TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    agency_id TEXT COLLATE "C" NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    filed_by TEXT COLLATE "C" NOT NULL,
    filed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (dossier_id, document_id),
    UNIQUE (dossier_id, ordinal)
);
CREATE TABLE transfers (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    registration TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('submitted', 'accepted', 'rejected')),
    submitted_by TEXT COLLATE "C" NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    decided_by TEXT COLLATE "C",
    decided_at TIMESTAMP,
    reasons TEXT COLLATE "C",
    receipt TEXT COLLATE "C",
    receipt_signature TEXT COLLATE "C",
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE packages (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    transfer_id TEXT COLLATE "C" NOT NULL REFERENCES transfers (id),
    dossier_id TEXT COLLATE "C" NOT NULL REFERENCES dossiers (id),
    object_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    files INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    report TEXT COLLATE "C",
    UNIQUE (agency_id, object_id)
);
