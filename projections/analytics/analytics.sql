-- The analytics projection: what is counted, one row for each case. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE analytics_sessions (
    session_id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    mode TEXT NOT NULL,
    language TEXT NOT NULL,
    branched BOOLEAN NOT NULL,
    status public.genesis_status NOT NULL DEFAULT 'IN_PROGRESS',
    current_stage public.genesis_stage NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL,
    event_id UUID NOT NULL,
    ended_at TIMESTAMPTZ,
    ended_position BIGINT,
    ended_event_id UUID
);
CREATE INDEX analytics_sessions_of_user ON analytics_sessions (user_id, started_at);

CREATE TABLE analytics_stages (
    session_id UUID NOT NULL,
    stage public.genesis_stage NOT NULL,
    reached_at TIMESTAMPTZ NOT NULL,
    reached_position BIGINT NOT NULL,
    reached_event_id UUID NOT NULL,
    first_requested_at TIMESTAMPTZ,
    first_proposed_at TIMESTAMPTZ,
    proposed_position BIGINT,
    proposed_event_id UUID,
    accepted_at TIMESTAMPTZ,
    accepted_position BIGINT,
    accepted_event_id UUID,
    rounds INTEGER NOT NULL DEFAULT 0,
    rounds_to_acceptance INTEGER,
    edits INTEGER NOT NULL DEFAULT 0,
    edits_after INTEGER NOT NULL DEFAULT 0,
    confirmations INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, stage)
);

-- What is confirmed, measured against the AI's proposal that it goes back to. `texts` holds the prose of proposals.
CREATE TABLE analytics_texts (
    session_id UUID NOT NULL,
    stage public.genesis_stage NOT NULL,
    made_from JSONB NOT NULL DEFAULT '{}',
    texts JSONB NOT NULL DEFAULT '{}',
    accepted_ids JSONB NOT NULL DEFAULT '[]',
    proposal_id UUID,
    proposed_characters INTEGER,
    confirmed_characters INTEGER,
    confirmed_words INTEGER,
    distance INTEGER,
    PRIMARY KEY (session_id, stage)
);

-- Costs in billionths of a US dollar; NULL: nobody knows.
CREATE TABLE analytics_generations (
    session_id UUID NOT NULL,
    correlation_id UUID NOT NULL,
    stage public.genesis_stage NOT NULL,
    kind TEXT,
    requested_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    outcome TEXT,
    code TEXT,
    model TEXT NOT NULL DEFAULT '',
    prompt_version TEXT NOT NULL DEFAULT '',
    proposal_ids JSONB NOT NULL DEFAULT '[]',
    attempts INTEGER,
    causes JSONB NOT NULL DEFAULT '[]',
    input_tokens BIGINT,
    output_tokens BIGINT,
    cache_read_tokens BIGINT,
    cost_nano_usd BIGINT,
    position BIGINT NOT NULL,
    event_id UUID NOT NULL,
    PRIMARY KEY (session_id, correlation_id)
);
CREATE INDEX analytics_generations_ended ON analytics_generations (ended_at);

CREATE TABLE analytics_responses (
    session_id UUID NOT NULL,
    version INTEGER NOT NULL,
    stage public.genesis_stage NOT NULL,
    kind TEXT NOT NULL,
    position BIGINT NOT NULL,
    event_id UUID NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, version)
);
CREATE INDEX analytics_responses_occurred ON analytics_responses (occurred_at);
