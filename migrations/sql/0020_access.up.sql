-- Who may read what is everybody's: analysts among the people, and login roles for other tools (ADR 31, 33).
ALTER TABLE users DROP CONSTRAINT users_role_check,
    ADD CONSTRAINT users_role_check CHECK (role IN ('owner', 'writer', 'analyst'));

-- The login roles of `genesis analytics role`: what each may see through the views of the schema `analytics`.
CREATE TABLE analytics_roles (
    name TEXT PRIMARY KEY,
    account_id UUID,
    with_text BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

-- What models were sent is kept for a time since it was last sent.
CREATE INDEX sent_parts_created ON sent_parts (created_at);
