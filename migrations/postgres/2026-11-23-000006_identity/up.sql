-- Agencies and their units, people, accounts, appointments, systems that call, sessions, retries.
CREATE TABLE agencies (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    parent_id TEXT COLLATE "C" REFERENCES agencies (id),
    code TEXT COLLATE "C" NOT NULL UNIQUE,
    old_code TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    abbreviation TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE units (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    name TEXT COLLATE "C" NOT NULL,
    abbreviation TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE people (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    full_name TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE accounts (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    login TEXT COLLATE "C" NOT NULL UNIQUE,
    password_hash TEXT COLLATE "C" NOT NULL,
    must_change BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE appointments (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    unit_id TEXT COLLATE "C" REFERENCES units (id),
    title TEXT COLLATE "C" NOT NULL,
    authority TEXT COLLATE "C",
    roles TEXT COLLATE "C" NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    basis TEXT COLLATE "C",
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE INDEX appointments_by_person ON appointments (person_id);
CREATE TABLE clients (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    name TEXT COLLATE "C" NOT NULL,
    key_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    roles TEXT COLLATE "C" NOT NULL,
    disabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE sessions (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    expires_at TIMESTAMP NOT NULL
);
CREATE TABLE idempotency (
    agency_id TEXT COLLATE "C" NOT NULL,
    caller TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    status INTEGER NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    etag TEXT COLLATE "C",
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (agency_id, caller, key)
);
