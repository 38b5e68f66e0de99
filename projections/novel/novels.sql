-- The novels projection: the books that finished sessions became. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE novels (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    session_id UUID NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT 'en',
    content JSONB NOT NULL DEFAULT '{}',
    version INTEGER NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX novels_of_user ON novels (user_id, finished_at DESC, id);
CREATE INDEX novels_of_session ON novels (session_id);
CREATE TRIGGER novels_updated_at BEFORE UPDATE ON novels FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();
