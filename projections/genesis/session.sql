-- The session projection: what GET state joins, under one checkpoint. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE genesis_sessions (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    novel_id UUID,
    mode TEXT NOT NULL,
    status public.genesis_status NOT NULL DEFAULT 'IN_PROGRESS',
    current_stage public.genesis_stage NOT NULL DEFAULT 'CONCEPT_SELECTION',
    title TEXT NOT NULL DEFAULT '',
    seed TEXT NOT NULL DEFAULT '',
    genre TEXT NOT NULL DEFAULT '',
    audience TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT 'en',
    is_pending BOOLEAN NOT NULL DEFAULT false,
    pending JSONB,
    last_failure JSONB,
    confirmed_data JSONB NOT NULL DEFAULT '{}',
    version INTEGER NOT NULL DEFAULT 0,
    turn INTEGER NOT NULL DEFAULT 0,
    source_session_id UUID,
    source_version INTEGER,
    started_at TIMESTAMPTZ NOT NULL,
    last_event_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX genesis_sessions_of_user ON genesis_sessions (user_id, last_event_at DESC, id DESC);
CREATE INDEX genesis_sessions_expiry ON genesis_sessions (expires_at) WHERE status = 'IN_PROGRESS';
CREATE INDEX genesis_sessions_pending ON genesis_sessions (last_event_at) WHERE is_pending;
CREATE TRIGGER genesis_sessions_updated_at BEFORE UPDATE ON genesis_sessions
    FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TABLE genesis_stage_records (
    session_id UUID NOT NULL,
    stage public.genesis_stage NOT NULL,
    status TEXT NOT NULL DEFAULT 'empty',
    record JSONB NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (session_id, stage)
);
CREATE TRIGGER genesis_stage_records_updated_at BEFORE UPDATE ON genesis_stage_records
    FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

-- One row per event, what the history pane and the stream show: ids and short facts, the content lies in the stages.
CREATE TABLE genesis_timeline (
    session_id UUID NOT NULL,
    version INTEGER NOT NULL,
    event_id UUID NOT NULL,
    event_type TEXT NOT NULL,
    stage public.genesis_stage,
    correlation_id UUID,
    data JSONB NOT NULL DEFAULT '{}',
    occurred_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, version)
);

-- One row per generation that has ended: what was sent, by the hashes of its parts, and what it cost.
CREATE TABLE genesis_generations (
    session_id UUID NOT NULL,
    correlation_id UUID NOT NULL,
    stage public.genesis_stage NOT NULL,
    proposal_ids JSONB NOT NULL,
    writer TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_version TEXT NOT NULL,
    usage JSONB NOT NULL,
    cost_usd DOUBLE PRECISION,
    price_source TEXT,
    failure TEXT,
    notes JSONB NOT NULL,
    asked JSONB,
    ended_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, correlation_id)
);
