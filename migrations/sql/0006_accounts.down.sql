ALTER TABLE access_tokens DROP COLUMN scopes, DROP COLUMN last_seen_at;
ALTER TABLE users DROP COLUMN name_key, DROP COLUMN disabled_at;
