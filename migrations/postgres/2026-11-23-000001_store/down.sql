DROP TABLE jobs;
DROP TABLE object_uses;
DROP TABLE objects;
