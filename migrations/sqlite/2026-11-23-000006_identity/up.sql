-- Agencies and their units, people, accounts, appointments, systems that call, sessions, retries.
CREATE TABLE agencies (
    id TEXT NOT NULL PRIMARY KEY,
    parent_id TEXT REFERENCES agencies (id),
    code TEXT NOT NULL UNIQUE,
    old_code TEXT,
    name TEXT NOT NULL,
    abbreviation TEXT NOT NULL,
    place TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE units (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (id),
    name TEXT NOT NULL,
    abbreviation TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE people (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (id),
    full_name TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    login TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    must_change BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE appointments (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    unit_id TEXT REFERENCES units (id),
    title TEXT NOT NULL,
    authority TEXT,
    roles TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    basis TEXT,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE INDEX appointments_by_person ON appointments (person_id);
CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (id),
    name TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    roles TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1)
);
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    expires_at TIMESTAMP NOT NULL
);
CREATE TABLE idempotency (
    agency_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    etag TEXT,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (agency_id, caller, key)
);
