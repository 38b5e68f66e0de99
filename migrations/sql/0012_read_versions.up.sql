-- Each version of a projection has a schema and a checkpoint of its own, so that a new one is built beside the old one.
-- From here on no migration touches a read table: the projection's own SQL makes it (projections/*/*.sql).

ALTER TABLE projection_checkpoints
    ADD COLUMN version INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN moves BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN built_at TIMESTAMPTZ,
    DROP CONSTRAINT projection_checkpoints_pkey,
    ADD PRIMARY KEY (projection, version);
ALTER TABLE projection_checkpoints ALTER COLUMN version DROP DEFAULT;

DELETE FROM projection_parked WHERE projection LIKE '%@%';
ALTER TABLE projection_parked
    ADD COLUMN version INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN newer BOOLEAN NOT NULL DEFAULT false,
    DROP CONSTRAINT projection_parked_pkey,
    ADD PRIMARY KEY (projection, version, aggregate_id);
ALTER TABLE projection_parked ALTER COLUMN version DROP DEFAULT;

-- How far each stream has come in each projection. `moved_no` is given under the checkpoint's lock: who has seen n has
-- missed nothing up to n.
CREATE TABLE stream_heads (
    projection TEXT NOT NULL,
    version INTEGER NOT NULL,
    stream_id UUID NOT NULL,
    owner UUID,
    stream_version INTEGER NOT NULL,
    position BIGINT NOT NULL,
    moved_no BIGINT NOT NULL,
    moved_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, version, stream_id)
);
CREATE INDEX stream_heads_moved ON stream_heads (projection, version, moved_no);

-- What is kept from before a rebuild has no heads, and is of an older shape perhaps.
DROP SCHEMA IF EXISTS before_genesis_session, before_novels, rebuild_genesis_session, rebuild_novels CASCADE;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM domain_events) THEN
        -- a new installation: whoever opens it first makes the tables, by the SQL of its own build
        DROP TABLE genesis_timeline, genesis_stage_records, genesis_sessions, novels;
        DELETE FROM projection_checkpoints;
        RETURN;
    END IF;
    CREATE SCHEMA read_genesis_session_v1;
    ALTER TABLE genesis_sessions SET SCHEMA read_genesis_session_v1;
    ALTER TABLE genesis_stage_records SET SCHEMA read_genesis_session_v1;
    ALTER TABLE genesis_timeline SET SCHEMA read_genesis_session_v1;
    CREATE SCHEMA read_novels_v1;
    ALTER TABLE novels SET SCHEMA read_novels_v1;
    INSERT INTO projection_checkpoints (projection, version) VALUES ('genesis_session', 1), ('novels', 1)
        ON CONFLICT DO NOTHING;
    UPDATE projection_checkpoints SET moves = 1, built_at = clock_timestamp() WHERE position > 0;
    INSERT INTO stream_heads (projection, version, stream_id, owner, stream_version, position, moved_no)
        SELECT 'genesis_session', 1, s.id, s.user_id, s.version, coalesce(e.id, 0), 1
        FROM read_genesis_session_v1.genesis_sessions AS s
        LEFT JOIN domain_events AS e ON e.aggregate_id = s.id::text AND e.aggregate_version = s.version
        UNION ALL
        SELECT 'novels', 1, n.session_id, n.user_id, n.version, coalesce(e.id, 0), 1
        FROM read_novels_v1.novels AS n
        LEFT JOIN domain_events AS e ON e.aggregate_id = n.session_id::text AND e.aggregate_version = n.version;
END $$;
