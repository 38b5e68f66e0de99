-- What holds up the messages behind it: few rows, however long the backlog is. The relay asks for them with each batch.
CREATE INDEX event_outbox_held ON event_outbox (partition_key, position)
    WHERE status = 'DEAD' OR (status = 'PENDING' AND retry_count > 0);
