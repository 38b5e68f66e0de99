-- The write side: the log, the inbox, the outbox, tasks, handles and accounts. PostgreSQL 16 and newer.

CREATE TYPE command_status AS ENUM ('RECEIVED', 'PROCESSING', 'COMPLETED', 'FAILED');
CREATE TYPE task_status AS ENUM ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED');
CREATE TYPE outbox_status AS ENUM ('PENDING', 'SENT', 'DEAD');
CREATE TYPE handle_status AS ENUM ('PENDING_PAUSE', 'PAUSED', 'RESUMED', 'EXPIRED');
CREATE TYPE genesis_status AS ENUM ('IN_PROGRESS', 'PAUSED', 'COMPLETED', 'ABANDONED');
CREATE TYPE genesis_stage AS ENUM (
    'CONCEPT_SELECTION', 'STORY_CONCEPTION', 'WORLDVIEW', 'CHARACTERS', 'PLOT_OUTLINE', 'FINISHED'
);

CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- The log. `id` is the position; readers order by (tx_id, id), because positions are given before commit.
CREATE TABLE domain_events (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id UUID NOT NULL UNIQUE,
    event_type TEXT NOT NULL,
    event_version INTEGER NOT NULL DEFAULT 1 CHECK (event_version >= 1),
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    aggregate_version INTEGER NOT NULL CHECK (aggregate_version >= 1),
    payload JSONB NOT NULL,
    payload_hash TEXT NOT NULL,
    metadata JSONB NOT NULL DEFAULT '{}',
    correlation_id UUID,
    causation_id UUID,
    tx_id XID8 NOT NULL DEFAULT pg_current_xact_id(),
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (aggregate_id, aggregate_version)
);
CREATE INDEX domain_events_commit_order ON domain_events (tx_id, id);
CREATE TRIGGER domain_events_append_only BEFORE UPDATE OR DELETE ON domain_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER domain_events_never_truncated BEFORE TRUNCATE ON domain_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE users (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL DEFAULT 'writer' CHECK (role IN ('owner', 'writer')),
    password_hash TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER users_updated_at BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- One-time login addresses, browser sessions and programs' Bearer tokens: only the SHA-256 of a token is kept.
CREATE TABLE access_tokens (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('login', 'session', 'bearer')),
    token_hash TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL DEFAULT '',
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX access_tokens_of_user ON access_tokens (user_id, kind);

-- `id` is the command id. `response` is the first answer and never changes; `correlation_id` is the work it started.
CREATE TABLE command_inbox (
    id UUID PRIMARY KEY,
    session_id UUID NOT NULL,
    user_id UUID,
    command_type TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status command_status NOT NULL DEFAULT 'RECEIVED',
    response JSONB NOT NULL DEFAULT '{}',
    correlation_id UUID,
    error_message TEXT,
    deadline_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CHECK (status <> 'PROCESSING' OR (deadline_at IS NOT NULL AND correlation_id IS NOT NULL))
);
CREATE UNIQUE INDEX command_inbox_one_active ON command_inbox (session_id, command_type)
    WHERE status IN ('RECEIVED', 'PROCESSING');
CREATE INDEX command_inbox_deadlines ON command_inbox (deadline_at) WHERE status = 'PROCESSING';
CREATE UNIQUE INDEX command_inbox_work ON command_inbox (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE TRIGGER command_inbox_updated_at BEFORE UPDATE ON command_inbox
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- `id` is the event's id, `position` its position. `sent_tx` orders what the relay has released for the PostgreSQL bus.
CREATE TABLE event_outbox (
    id UUID PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    partition_key TEXT NOT NULL,
    payload JSONB NOT NULL,
    headers JSONB NOT NULL DEFAULT '{}',
    status outbox_status NOT NULL DEFAULT 'PENDING',
    retry_count INTEGER NOT NULL DEFAULT 0,
    max_retries INTEGER NOT NULL DEFAULT 5,
    last_error TEXT,
    scheduled_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    sent_at TIMESTAMPTZ,
    sent_tx XID8,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CHECK (status <> 'SENT' OR (sent_at IS NOT NULL AND sent_tx IS NOT NULL))
);
CREATE INDEX event_outbox_pending ON event_outbox (position) WHERE status = 'PENDING';
CREATE INDEX event_outbox_unsent ON event_outbox (partition_key, position) WHERE status <> 'SENT';
CREATE INDEX event_outbox_sent ON event_outbox (sent_tx, position) WHERE status = 'SENT';

CREATE TABLE bus_checkpoints (
    consumer_group TEXT PRIMARY KEY,
    sent_tx XID8 NOT NULL DEFAULT '0',
    position BIGINT NOT NULL DEFAULT 0,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER bus_checkpoints_updated_at BEFORE UPDATE ON bus_checkpoints
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- One row per generation; `id` is its correlation id. Operational: neither rebuilt nor verified.
CREATE TABLE async_tasks (
    id UUID PRIMARY KEY,
    session_id UUID NOT NULL,
    user_id UUID NOT NULL,
    task_type TEXT NOT NULL,
    triggered_by_command_id UUID,
    status task_status NOT NULL DEFAULT 'PENDING',
    progress NUMERIC(5, 2) NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    phase TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    draft JSONB,
    draft_seq INTEGER NOT NULL DEFAULT 0,
    input_data JSONB NOT NULL DEFAULT '{}',
    result_data JSONB,
    error_data JSONB,
    cost_usd NUMERIC(12, 6),
    lease_owner TEXT,
    lease_expires_at TIMESTAMPTZ,
    retry_count INTEGER NOT NULL DEFAULT 0,
    max_retries INTEGER NOT NULL DEFAULT 3,
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX async_tasks_of_session ON async_tasks (session_id, created_at DESC);
CREATE INDEX async_tasks_running ON async_tasks (lease_expires_at) WHERE status IN ('PENDING', 'RUNNING');
CREATE TRIGGER async_tasks_updated_at BEFORE UPDATE ON async_tasks
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE flow_resume_handles (
    id UUID PRIMARY KEY,
    correlation_id UUID NOT NULL,
    session_id UUID NOT NULL,
    turn INTEGER NOT NULL,
    flow_run_id UUID,
    task_run_id UUID,
    attempt INTEGER NOT NULL DEFAULT 0,
    status handle_status NOT NULL DEFAULT 'PENDING_PAUSE',
    resume_payload JSONB,
    timeout_seconds INTEGER,
    context_data JSONB NOT NULL DEFAULT '{}',
    expires_at TIMESTAMPTZ,
    paused_at TIMESTAMPTZ,
    resumed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX flow_resume_handles_one_waiting ON flow_resume_handles (correlation_id)
    WHERE status IN ('PENDING_PAUSE', 'PAUSED');
CREATE INDEX flow_resume_handles_of_session ON flow_resume_handles (session_id, turn);
CREATE INDEX flow_resume_handles_waiting ON flow_resume_handles (status, expires_at)
    WHERE status IN ('PENDING_PAUSE', 'PAUSED');
CREATE TRIGGER flow_resume_handles_updated_at BEFORE UPDATE ON flow_resume_handles
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- Where each projection stands in the log. `generation` rises with each switch to a rebuilt table.
CREATE TABLE projection_checkpoints (
    projection TEXT PRIMARY KEY,
    tx_id XID8 NOT NULL DEFAULT '0',
    position BIGINT NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER projection_checkpoints_updated_at BEFORE UPDATE ON projection_checkpoints
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- Sessions that a projection could not apply an event of: parked here until retried, the others go on.
CREATE TABLE projection_parked (
    projection TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    tx_id XID8 NOT NULL,
    error TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, aggregate_id)
);
