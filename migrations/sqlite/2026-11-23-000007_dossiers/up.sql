-- Electronic files, and their hand-over to the archive.
CREATE TABLE file_plan_entries (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    notation TEXT NOT NULL,
    title TEXT NOT NULL,
    retention TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    UNIQUE (agency_id, year, notation)
);
CREATE TABLE dossiers (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    entry_id TEXT NOT NULL REFERENCES file_plan_entries (id),
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    retention TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'submitted', 'accepted')),
    created_by TEXT NOT NULL,
    opened_on DATE NOT NULL,
    closed_on DATE,
    version BIGINT NOT NULL CHECK (version >= 1),
    UNIQUE (agency_id, code)
);
CREATE TABLE filings (
    dossier_id TEXT NOT NULL REFERENCES dossiers (id),
    document_id TEXT NOT NULL REFERENCES documents (id),
    agency_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    filed_by TEXT NOT NULL,
    filed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (dossier_id, document_id),
    UNIQUE (dossier_id, ordinal)
);
CREATE TABLE transfers (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    registration TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('submitted', 'accepted', 'rejected')),
    submitted_by TEXT NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP,
    reasons TEXT,
    receipt TEXT,
    receipt_signature TEXT,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE packages (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    transfer_id TEXT NOT NULL REFERENCES transfers (id),
    dossier_id TEXT NOT NULL REFERENCES dossiers (id),
    object_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    files INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    report TEXT,
    UNIQUE (agency_id, object_id)
);
