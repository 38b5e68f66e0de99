-- A hash chain per stream: each event's hash takes in the one of the event before it (docs/decisions/0025).
-- What of an event is in it: its columns but the payload, for which its commitment stands, the salt and tx_id. Their
-- bytes are those of PostgreSQL's binary COPY: four of length (-1 for NULL), then the value.
CREATE FUNCTION event_link(
    id BIGINT, created_at TIMESTAMPTZ, aggregate_version INTEGER, event_version INTEGER, event_id UUID,
    aggregate_id TEXT, payload_hash TEXT, aggregate_type TEXT, event_type TEXT, metadata JSONB,
    correlation_id UUID, causation_id UUID
) RETURNS BYTEA LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT '\x00000008'::bytea || int8send(id)
        || '\x00000008'::bytea || timestamptz_send(created_at)
        || '\x00000004'::bytea || int4send(aggregate_version)
        || '\x00000004'::bytea || int4send(event_version)
        || '\x00000010'::bytea || uuid_send(event_id)
        || int4send(octet_length(convert_to(aggregate_id, 'UTF8'))) || convert_to(aggregate_id, 'UTF8')
        || int4send(octet_length(convert_to(payload_hash, 'UTF8'))) || convert_to(payload_hash, 'UTF8')
        || int4send(octet_length(convert_to(aggregate_type, 'UTF8'))) || convert_to(aggregate_type, 'UTF8')
        || int4send(octet_length(convert_to(event_type, 'UTF8'))) || convert_to(event_type, 'UTF8')
        || int4send(octet_length(convert_to(metadata::text, 'UTF8'))) || convert_to(metadata::text, 'UTF8')
        || coalesce('\x00000010'::bytea || uuid_send(correlation_id), '\xffffffff')
        || coalesce('\x00000010'::bytea || uuid_send(causation_id), '\xffffffff')
$$;

CREATE FUNCTION event_chain(previous BYTEA, link BYTEA) RETURNS BYTEA LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256('genesis-event-chain-1\000'::bytea || previous || link)
$$;

-- Whoever writes an event, it is chained: the append computes it itself where it can, which costs less, and leaves the
-- rest to this. A first event follows 32 zero bytes, and so does one whose predecessor is missing, which the
-- verification names.
CREATE FUNCTION chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous BYTEA;
BEGIN
    IF NEW.aggregate_version > 1 THEN
        SELECT e.chain INTO previous FROM public.domain_events AS e
        WHERE e.aggregate_id = NEW.aggregate_id AND e.aggregate_version = NEW.aggregate_version - 1;
    END IF;
    NEW.chain := event_chain(
        coalesce(previous, '\x0000000000000000000000000000000000000000000000000000000000000000'),
        event_link(NEW.id, NEW.created_at, NEW.aggregate_version, NEW.event_version, NEW.event_id, NEW.aggregate_id,
            NEW.payload_hash, NEW.aggregate_type, NEW.event_type, NEW.metadata, NEW.correlation_id, NEW.causation_id));
    RETURN NEW;
END $$;

ALTER TABLE domain_events ADD COLUMN chain BYTEA;

-- The events that are there already, in one statement: a running total over each stream.
CREATE FUNCTION chain_on(previous BYTEA, link BYTEA) RETURNS BYTEA LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN sha256('genesis-event-chain-1\000'::bytea || previous || link);
END $$;
CREATE AGGREGATE chained(BYTEA) (
    SFUNC = chain_on, STYPE = BYTEA,
    INITCOND = '\x0000000000000000000000000000000000000000000000000000000000000000'
);
ALTER TABLE domain_events DISABLE TRIGGER domain_events_append_only;
UPDATE domain_events AS e SET chain = c.chain FROM (
    SELECT id, chained(event_link(id, created_at, aggregate_version, event_version, event_id, aggregate_id,
        payload_hash, aggregate_type, event_type, metadata, correlation_id, causation_id)) OVER stream AS chain
    FROM domain_events
    WINDOW stream AS (PARTITION BY aggregate_id ORDER BY aggregate_version ROWS UNBOUNDED PRECEDING)
) AS c WHERE c.id = e.id;
ALTER TABLE domain_events ENABLE TRIGGER domain_events_append_only;
DROP AGGREGATE chained(BYTEA);
DROP FUNCTION chain_on(BYTEA, BYTEA);

ALTER TABLE domain_events ALTER COLUMN chain SET NOT NULL,
    ADD CONSTRAINT domain_events_chain_check CHECK (octet_length(chain) = 32);
CREATE TRIGGER domain_events_chain BEFORE INSERT ON domain_events FOR EACH ROW WHEN (NEW.chain IS NULL)
    EXECUTE FUNCTION chain_event();
