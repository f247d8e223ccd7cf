DROP TABLE idempotency;
DROP TABLE sessions;
DROP TABLE clients;
DROP TABLE appointments;
DROP TABLE accounts;
DROP TABLE people;
DROP TABLE units;
DROP TABLE agencies;
