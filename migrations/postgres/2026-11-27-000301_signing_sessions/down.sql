DROP TABLE signing_sessions;
DELETE FROM keys WHERE provider <> 'sealed';
ALTER TABLE keys ADD CONSTRAINT keys_provider_check CHECK (provider IN ('sealed'));
