-- What a consumer could not take from the bus, kept until somebody looks; and which messages were given up, and why.

-- `id` is derived from group, source, headers and value: what comes again is the same row. `headers` are pairs, because
-- a name may come twice. `value` is cut at 64 KiB; `size` is what came. `retry_at`: somebody asked for another look.
CREATE TABLE bus_parked (
    id UUID PRIMARY KEY,
    consumer_group TEXT NOT NULL,
    source TEXT NOT NULL,
    event_id UUID,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    message_key TEXT,
    headers JSONB NOT NULL DEFAULT '[]',
    value BYTEA NOT NULL,
    size BIGINT NOT NULL,
    looks INTEGER NOT NULL DEFAULT 1,
    retry_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX bus_parked_order ON bus_parked (created_at);
CREATE INDEX bus_parked_retry ON bus_parked (consumer_group, created_at) WHERE retry_at IS NOT NULL;

CREATE TABLE outbox_discarded (
    id UUID PRIMARY KEY,
    position BIGINT NOT NULL,
    event_type TEXT,
    partition_key TEXT NOT NULL,
    retry_count INTEGER NOT NULL,
    last_error TEXT,
    why TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
