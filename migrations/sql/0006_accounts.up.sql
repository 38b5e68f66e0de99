-- Several accounts, what a token may be used for, and when it last was. `name_key` is the name as people compare names.

ALTER TABLE users ADD COLUMN name_key TEXT, ADD COLUMN disabled_at TIMESTAMPTZ;
UPDATE users SET name_key = lower(name);
ALTER TABLE users ALTER COLUMN name_key SET NOT NULL, ADD CONSTRAINT users_name_key_key UNIQUE (name_key);
ALTER TABLE access_tokens
    ADD COLUMN scopes TEXT[] NOT NULL DEFAULT '{read,write}',
    ADD COLUMN last_seen_at TIMESTAMPTZ,
    ADD CONSTRAINT access_tokens_scopes_check CHECK (scopes <@ ARRAY['read', 'write', 'metrics']);
