-- Official documents, their parts and versions, registers and the numbers taken from them.
CREATE TABLE documents (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('outgoing', 'incoming')),
    type_code TEXT NOT NULL,
    subject TEXT NOT NULL,
    urgency TEXT NOT NULL CHECK (urgency IN ('normal', 'urgent', 'very_urgent', 'flash')),
    secrecy TEXT NOT NULL CHECK (secrecy IN ('none', 'confidential', 'secret', 'top_secret')),
    drafting_unit TEXT,
    sender TEXT,
    sender_notation TEXT,
    state TEXT NOT NULL CHECK (state IN ('draft', 'prepared', 'signed', 'numbered', 'sealed', 'issued', 'voided', 'received', 'registered')),
    profile_id TEXT NOT NULL,
    profile_version TEXT NOT NULL,
    signer_appointment TEXT,
    register_id TEXT,
    number BIGINT,
    notation TEXT,
    document_date DATE,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE INDEX documents_by_agency ON documents (agency_id, id);
CREATE INDEX documents_by_notation ON documents (agency_id, notation);

CREATE TABLE document_relations (
    document_id TEXT NOT NULL REFERENCES documents (id),
    kind TEXT NOT NULL CHECK (kind IN ('replies_to', 'replaces', 'amends', 'copy_of', 'extract_of', 'copy_of_copy')),
    other_id TEXT NOT NULL REFERENCES documents (id),
    agency_id TEXT NOT NULL,
    PRIMARY KEY (document_id, kind, other_id)
);

CREATE TABLE components (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents (id),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('main', 'attachment', 'appendix')),
    title TEXT NOT NULL,
    UNIQUE (document_id, ordinal)
);

CREATE TABLE versions (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    component_id TEXT NOT NULL REFERENCES components (id),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    stage TEXT NOT NULL CHECK (stage IN ('draft', 'prepared', 'signed', 'issued', 'received')),
    source_version_id TEXT REFERENCES versions (id),
    sha256 TEXT NOT NULL REFERENCES objects (sha256),
    size BIGINT NOT NULL CHECK (size >= 0),
    media_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (component_id, ordinal)
);

CREATE TABLE format_checks (
    version_id TEXT NOT NULL PRIMARY KEY REFERENCES versions (id),
    agency_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    profile_id TEXT NOT NULL,
    profile_version TEXT NOT NULL,
    report TEXT,
    checked_at TIMESTAMP
);

CREATE TABLE signatures (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    version_id TEXT NOT NULL REFERENCES versions (id),
    field TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('personal', 'agency')),
    appointment_id TEXT,
    key_id TEXT NOT NULL,
    certificate TEXT NOT NULL,
    chain TEXT NOT NULL,
    revocation TEXT NOT NULL,
    verdict TEXT NOT NULL,
    policy TEXT NOT NULL,
    signed_at TIMESTAMP NOT NULL
);
CREATE INDEX signatures_by_version ON signatures (version_id);

CREATE TABLE registers (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL,
    book_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('outgoing', 'incoming')),
    name TEXT NOT NULL,
    types TEXT NOT NULL,
    secret BOOLEAN NOT NULL,
    first_number BIGINT NOT NULL CHECK (first_number >= 1),
    next_number BIGINT NOT NULL CHECK (next_number >= first_number),
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    UNIQUE (book_id, year)
);
CREATE INDEX registers_by_agency ON registers (agency_id, id);

-- A number once taken stands here for ever: used, or voided with its reason.
CREATE TABLE register_entries (
    register_id TEXT NOT NULL REFERENCES registers (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    agency_id TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents (id),
    notation TEXT NOT NULL,
    document_date DATE NOT NULL,
    taken_by TEXT NOT NULL,
    taken_at TIMESTAMP NOT NULL,
    voided_by TEXT,
    voided_at TIMESTAMP,
    void_reason TEXT,
    PRIMARY KEY (register_id, number),
    UNIQUE (document_id)
);
