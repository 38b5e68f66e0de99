-- The projects projection: books that are being written, and their contents. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE projects (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    title TEXT NOT NULL,
    logline TEXT NOT NULL,
    language TEXT NOT NULL,
    genre TEXT NOT NULL,
    audience TEXT NOT NULL,
    initiation TEXT,
    session_id UUID,
    novel_id UUID,
    outline JSONB NOT NULL,
    matter JSONB NOT NULL,
    proposed JSONB,
    waived JSONB NOT NULL,
    version INTEGER NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    last_event_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX projects_of_user ON projects (user_id, last_event_at DESC, id DESC);
CREATE TRIGGER projects_updated_at BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TABLE project_entries (
    project_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    plan JSONB NOT NULL,
    planned BOOLEAN NOT NULL,
    PRIMARY KEY (project_id, entry_id)
);

CREATE TABLE project_proposed_chapters (
    project_id UUID NOT NULL,
    contents_id UUID NOT NULL,
    number INTEGER NOT NULL,
    part TEXT NOT NULL,
    title TEXT NOT NULL,
    plan JSONB NOT NULL,
    entry_id UUID,
    PRIMARY KEY (project_id, contents_id, number)
);
