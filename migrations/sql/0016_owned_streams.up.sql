-- Whose a stream is, by its first event: what somebody's export is read by, without a look at everybody else's events.
CREATE INDEX domain_events_owned ON domain_events ((payload ->> 'user_id'), aggregate_id) WHERE aggregate_version = 1;
