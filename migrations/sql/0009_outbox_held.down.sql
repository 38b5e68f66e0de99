DROP INDEX event_outbox_held;
