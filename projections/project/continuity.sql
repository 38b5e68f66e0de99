-- The continuity projection: what each paragraph of a book states, and which findings are meant. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE continuity_chapters (
    chapter_id UUID PRIMARY KEY,
    project_id UUID NOT NULL,
    user_id UUID NOT NULL,
    block_order JSONB NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX continuity_chapters_of_project ON continuity_chapters (project_id);

CREATE TABLE continuity_blocks (
    chapter_id UUID NOT NULL,
    block_id UUID NOT NULL,
    reading JSONB NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (chapter_id, block_id)
);

CREATE TABLE continuity_waivers (
    project_id UUID NOT NULL,
    finding_id UUID NOT NULL,
    reason TEXT NOT NULL,
    waived_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (project_id, finding_id)
);
