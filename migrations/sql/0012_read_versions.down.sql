-- Version 1 of the two projections goes back to the public schema, as it is; every other version is dropped.

DROP TABLE stream_heads;
DO $$
DECLARE
    gone RECORD;
BEGIN
    FOR gone IN SELECT nspname FROM pg_namespace
        WHERE nspname ~ '^(read|rebuild|before|undone)_.*_v[0-9]+$'
            AND nspname NOT IN ('read_genesis_session_v1', 'read_novels_v1')
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', gone.nspname);
    END LOOP;
    IF to_regclass('read_genesis_session_v1.genesis_sessions') IS NOT NULL THEN
        ALTER TABLE read_genesis_session_v1.genesis_sessions SET SCHEMA public;
        ALTER TABLE read_genesis_session_v1.genesis_stage_records SET SCHEMA public;
        ALTER TABLE read_genesis_session_v1.genesis_timeline SET SCHEMA public;
        DROP SCHEMA read_genesis_session_v1;
    ELSE
        -- empty, as they were before this revision: they are built from the beginning of the log
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
    END IF;
    IF to_regclass('read_novels_v1.novels') IS NOT NULL THEN
        ALTER TABLE read_novels_v1.novels SET SCHEMA public;
        DROP SCHEMA read_novels_v1;
    ELSE
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
    END IF;
END $$;

DELETE FROM projection_parked WHERE version <> 1 OR projection NOT IN ('genesis_session', 'novels');
ALTER TABLE projection_parked
    DROP CONSTRAINT projection_parked_pkey, ADD PRIMARY KEY (projection, aggregate_id),
    DROP COLUMN version, DROP COLUMN newer;
DELETE FROM projection_checkpoints WHERE version <> 1 OR projection NOT IN ('genesis_session', 'novels');
ALTER TABLE projection_checkpoints
    DROP CONSTRAINT projection_checkpoints_pkey, ADD PRIMARY KEY (projection),
    DROP COLUMN version, DROP COLUMN moves, DROP COLUMN built_at;
