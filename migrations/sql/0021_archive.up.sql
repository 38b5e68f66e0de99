-- Events of sessions that ended long ago lie apart (docs/decisions/0033). The archive inherits from the log: whoever
-- reads domain_events reads both, in the same orders; ONLY domain_events is what is still written to.
-- The last event of every stream stays in the log, so that appends, and whoever asks for the log's end, need it alone.
CREATE TABLE domain_events_archive (
    PRIMARY KEY (id),
    UNIQUE (event_id),
    UNIQUE (aggregate_id, aggregate_version)
) INHERITS (domain_events);
CREATE INDEX domain_events_archive_commit_order ON domain_events_archive (tx_id, id);
CREATE INDEX domain_events_archive_owned ON domain_events_archive ((payload ->> 'user_id'), aggregate_id)
    WHERE aggregate_version = 1;

-- A row leaves one of the two tables only when the other one holds the very same row, and leaves the log only when its
-- stream goes on there.
CREATE FUNCTION keep_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'domain_events' THEN
        IF EXISTS (SELECT FROM public.domain_events_archive AS a
                   WHERE a.id = OLD.id AND ROW(a.*) IS NOT DISTINCT FROM ROW(OLD.*))
            AND EXISTS (SELECT FROM ONLY public.domain_events AS e
                        WHERE e.aggregate_id = OLD.aggregate_id AND e.aggregate_version > OLD.aggregate_version) THEN
            RETURN OLD;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM ONLY public.domain_events AS e
                   WHERE e.id = OLD.id AND ROW(e.*) IS NOT DISTINCT FROM ROW(OLD.*)) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER domain_events_append_only ON domain_events;
CREATE TRIGGER domain_events_append_only BEFORE UPDATE OR DELETE ON domain_events
    FOR EACH ROW EXECUTE FUNCTION keep_event();
CREATE TRIGGER domain_events_archive_append_only BEFORE UPDATE OR DELETE ON domain_events_archive
    FOR EACH ROW EXECUTE FUNCTION keep_event();
CREATE TRIGGER domain_events_archive_never_truncated BEFORE TRUNCATE ON domain_events_archive
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- As in 0018, but that the event before a new one is in the log itself.
CREATE OR REPLACE FUNCTION chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous BYTEA;
BEGIN
    IF NEW.aggregate_version > 1 THEN
        SELECT e.chain INTO previous FROM ONLY public.domain_events AS e
        WHERE e.aggregate_id = NEW.aggregate_id AND e.aggregate_version = NEW.aggregate_version - 1;
    END IF;
    NEW.chain := event_chain(
        coalesce(previous, '\x0000000000000000000000000000000000000000000000000000000000000000'),
        event_link(NEW.id, NEW.created_at, NEW.aggregate_version, NEW.event_version, NEW.event_id, NEW.aggregate_id,
            NEW.payload_hash, NEW.aggregate_type, NEW.event_type, NEW.metadata, NEW.correlation_id, NEW.causation_id));
    RETURN NEW;
END $$;

-- Which sessions have events in the archive, and how many; brought_back_at: they are left in the log for a while.
CREATE TABLE archived_sessions (
    session_id UUID PRIMARY KEY,
    events INTEGER NOT NULL CHECK (events >= 0),
    archived_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    brought_back_at TIMESTAMPTZ
);

-- Plans that are made on an empty log stay until it is analysed. Of a table that others inherit from the planner takes
-- the size as it is, and would read and sort the whole of an empty one; of any other it expects ten pages. So both have
-- some pages from the beginning, room that the first events take, and are known to have few rows.
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['domain_events', 'domain_events_archive'] LOOP
        EXECUTE format('ALTER TABLE %I SET (vacuum_truncate = false)', name);
        BEGIN
            EXECUTE format($insert$
                INSERT INTO %I (id, event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload,
                    payload_hash, chain) OVERRIDING SYSTEM VALUE
                SELECT -n, gen_random_uuid(), '', '', '', n, '{}', repeat('.', 1500), sha256('')
                FROM generate_series(1, 60) AS n
            $insert$, name);
            RAISE EXCEPTION 'undone' USING ERRCODE = 'GS001';
        EXCEPTION WHEN SQLSTATE 'GS001' THEN NULL;
        END;
    END LOOP;
END $$;
ANALYZE domain_events, domain_events_archive;
