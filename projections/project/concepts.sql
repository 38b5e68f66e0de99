-- The book_concepts projection: what comes of a project that begins from a keyword. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE book_initiations (
    project_id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    initiation JSONB NOT NULL,
    version INTEGER NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER book_initiations_updated_at BEFORE UPDATE ON book_initiations FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TABLE book_concepts (
    project_id UUID NOT NULL,
    concept_id UUID NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    tagline TEXT NOT NULL,
    logline TEXT NOT NULL,
    audience TEXT NOT NULL,
    angle TEXT NOT NULL,
    PRIMARY KEY (project_id, concept_id)
);

CREATE TABLE project_jobs (
    job_id UUID PRIMARY KEY,
    project_id UUID NOT NULL,
    command_type TEXT NOT NULL,
    status TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL,
    deadline_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
