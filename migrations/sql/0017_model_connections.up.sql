-- Models that an account may be written by. `secret` is the key, encrypted for this row; `key_end` its last characters.
-- `learned` is the form of answer that this server takes, found by whoever asked it last. A price that nobody knows is
-- null, never 0.
CREATE TABLE model_connections (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    preset TEXT NOT NULL,
    model TEXT NOT NULL,
    base_url TEXT,
    secret TEXT,
    key_end TEXT,
    input_price NUMERIC(12, 6),
    output_price NUMERIC(12, 6),
    context_tokens INTEGER,
    profile TEXT NOT NULL DEFAULT 'auto',
    position INTEGER NOT NULL DEFAULT 0,
    is_default BOOLEAN NOT NULL DEFAULT false,
    learned JSONB,
    tested_at TIMESTAMPTZ,
    test_code TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT model_connections_profile_check CHECK (profile IN ('auto', 'lean', 'full')),
    CONSTRAINT model_connections_price_check
        CHECK ((input_price IS NULL) = (output_price IS NULL) AND input_price >= 0 AND output_price >= 0),
    CONSTRAINT model_connections_context_check CHECK (context_tokens > 0)
);
CREATE UNIQUE INDEX model_connections_name_key ON model_connections (user_id, lower(name));
CREATE UNIQUE INDEX model_connections_one_default ON model_connections (user_id) WHERE is_default;
CREATE TRIGGER model_connections_updated_at BEFORE UPDATE ON model_connections
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- What a session is written by, where its writer chose: a model, or `other`, which is no row of the table above.
CREATE TABLE session_models (
    session_id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    connection_id UUID REFERENCES model_connections (id) ON DELETE CASCADE,
    other TEXT,
    CONSTRAINT session_models_one_check CHECK ((connection_id IS NULL) <> (other IS NULL)),
    CONSTRAINT session_models_other_check CHECK (other IN ('muse', 'environment'))
);
CREATE INDEX session_models_connection ON session_models (connection_id);
