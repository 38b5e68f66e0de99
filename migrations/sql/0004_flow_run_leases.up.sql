-- The flow run that is due or at work for a session. A run that waits has no row: its handle says that it waits.
-- `lease_owner` NULL: due at `lease_expires_at`. A row past `lease_expires_at` is anybody's, whoever held it.
CREATE TABLE flow_run_leases (
    session_id UUID PRIMARY KEY,
    flow_run_id UUID NOT NULL UNIQUE,
    lease_owner TEXT,
    lease_expires_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    failures INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX flow_run_leases_due ON flow_run_leases (lease_expires_at);
CREATE TRIGGER flow_run_leases_updated_at BEFORE UPDATE ON flow_run_leases
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
