-- A commitment to a payload is made with a salt of its own, which is erased together with it. Events from before have
-- none: their hash is a plain SHA-256.
ALTER TABLE domain_events ADD COLUMN payload_salt BYTEA CHECK (octet_length(payload_salt) = 16);
