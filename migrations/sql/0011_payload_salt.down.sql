ALTER TABLE domain_events DROP COLUMN payload_salt;
