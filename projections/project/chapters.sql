-- The chapters projection: the text of chapters, a row for each block. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE chapters (
    chapter_id UUID PRIMARY KEY,
    project_id UUID NOT NULL,
    user_id UUID NOT NULL,
    status TEXT NOT NULL,
    words INTEGER NOT NULL,
    block_order JSONB NOT NULL,
    summary TEXT NOT NULL,
    draft JSONB,
    acknowledged JSONB NOT NULL,
    version INTEGER NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    last_event_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX chapters_of_project ON chapters (project_id);
CREATE TRIGGER chapters_updated_at BEFORE UPDATE ON chapters FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TABLE chapter_blocks (
    chapter_id UUID NOT NULL,
    block_id UUID NOT NULL,
    text TEXT NOT NULL,
    words INTEGER NOT NULL,
    version INTEGER NOT NULL,
    meaning INTEGER NOT NULL,
    locked BOOLEAN NOT NULL,
    PRIMARY KEY (chapter_id, block_id)
);

CREATE TABLE chapter_scenes (
    chapter_id UUID NOT NULL,
    draft_id UUID NOT NULL,
    number INTEGER NOT NULL,
    aim TEXT NOT NULL,
    paragraphs JSONB NOT NULL,
    words INTEGER NOT NULL,
    accepted BOOLEAN NOT NULL,
    placed JSONB NOT NULL,
    critique JSONB,
    sources JSONB,
    PRIMARY KEY (chapter_id, draft_id, number)
);
