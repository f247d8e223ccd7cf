-- Official documents, their parts and versions, registers and the numbers taken from them.
CREATE TABLE documents (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    direction TEXT COLLATE "C" NOT NULL CHECK (direction IN ('outgoing', 'incoming')),
    type_code TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    urgency TEXT COLLATE "C" NOT NULL CHECK (urgency IN ('normal', 'urgent', 'very_urgent', 'flash')),
    secrecy TEXT COLLATE "C" NOT NULL CHECK (secrecy IN ('none', 'confidential', 'secret', 'top_secret')),
    drafting_unit TEXT COLLATE "C",
    sender TEXT COLLATE "C",
    sender_notation TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'prepared', 'signed', 'numbered', 'sealed', 'issued', 'voided', 'received', 'registered')),
    profile_id TEXT COLLATE "C" NOT NULL,
    profile_version TEXT COLLATE "C" NOT NULL,
    signer_appointment TEXT COLLATE "C",
    register_id TEXT COLLATE "C",
    number BIGINT,
    notation TEXT COLLATE "C",
    document_date DATE,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE INDEX documents_by_agency ON documents (agency_id, id);
CREATE INDEX documents_by_notation ON documents (agency_id, notation);

CREATE TABLE document_relations (
    document_id TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('replies_to', 'replaces', 'amends', 'copy_of', 'extract_of', 'copy_of_copy')),
    other_id TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    agency_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (document_id, kind, other_id)
);

CREATE TABLE components (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('main', 'attachment', 'appendix')),
    title TEXT COLLATE "C" NOT NULL,
    UNIQUE (document_id, ordinal)
);

CREATE TABLE versions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    component_id TEXT COLLATE "C" NOT NULL REFERENCES components (id),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    stage TEXT COLLATE "C" NOT NULL CHECK (stage IN ('draft', 'prepared', 'signed', 'issued', 'received')),
    source_version_id TEXT COLLATE "C" REFERENCES versions (id),
    sha256 TEXT COLLATE "C" NOT NULL REFERENCES objects (sha256),
    size BIGINT NOT NULL CHECK (size >= 0),
    media_type TEXT COLLATE "C" NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (component_id, ordinal)
);

CREATE TABLE format_checks (
    version_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES versions (id),
    agency_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    profile_id TEXT COLLATE "C" NOT NULL,
    profile_version TEXT COLLATE "C" NOT NULL,
    report TEXT COLLATE "C",
    checked_at TIMESTAMP
);

CREATE TABLE signatures (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    version_id TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
    field TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('personal', 'agency')),
    appointment_id TEXT COLLATE "C",
    key_id TEXT COLLATE "C" NOT NULL,
    certificate TEXT COLLATE "C" NOT NULL,
    chain TEXT COLLATE "C" NOT NULL,
    revocation TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL,
    policy TEXT COLLATE "C" NOT NULL,
    signed_at TIMESTAMP NOT NULL
);
CREATE INDEX signatures_by_version ON signatures (version_id);

CREATE TABLE registers (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL,
    book_id TEXT COLLATE "C" NOT NULL,
    year INTEGER NOT NULL,
    direction TEXT COLLATE "C" NOT NULL CHECK (direction IN ('outgoing', 'incoming')),
    name TEXT COLLATE "C" NOT NULL,
    types TEXT COLLATE "C" NOT NULL,
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
    register_id TEXT COLLATE "C" NOT NULL REFERENCES registers (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    agency_id TEXT COLLATE "C" NOT NULL,
    document_id TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    notation TEXT COLLATE "C" NOT NULL,
    document_date DATE NOT NULL,
    taken_by TEXT COLLATE "C" NOT NULL,
    taken_at TIMESTAMP NOT NULL,
    voided_by TEXT COLLATE "C",
    voided_at TIMESTAMP,
    void_reason TEXT COLLATE "C",
    PRIMARY KEY (register_id, number),
    UNIQUE (document_id)
);
