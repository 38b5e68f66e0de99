DROP INDEX domain_events_owned;
