DROP TABLE archived_sessions;
INSERT INTO domain_events OVERRIDING SYSTEM VALUE SELECT * FROM domain_events_archive;
DROP TABLE domain_events_archive;
DROP TRIGGER domain_events_append_only ON domain_events;
CREATE TRIGGER domain_events_append_only BEFORE UPDATE OR DELETE ON domain_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION keep_event();
