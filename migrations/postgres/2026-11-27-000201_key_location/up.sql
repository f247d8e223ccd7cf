-- Where a key lies when it isn't here: a device or a service. Its sealed secret then opens it there.
ALTER TABLE keys ADD COLUMN location TEXT COLLATE "C";
