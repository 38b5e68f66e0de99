DROP TABLE outbox_discarded;
DROP TABLE bus_parked;
