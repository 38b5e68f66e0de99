-- The reads projection: what others read of each owner's. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE account_reads (
    audit_id UUID NOT NULL,
    version INTEGER NOT NULL,
    user_id UUID NOT NULL,
    reader_id UUID NOT NULL,
    kind TEXT NOT NULL,
    session_id UUID,
    part TEXT,
    at_version INTEGER,
    holds TEXT,
    named BOOLEAN NOT NULL,
    with_text BOOLEAN NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (audit_id, version)
);
CREATE INDEX account_reads_of_user ON account_reads (user_id, version DESC);
