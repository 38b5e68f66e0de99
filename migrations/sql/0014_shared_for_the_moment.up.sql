-- What processes share for a moment where there is no Redis: who has a session open, and how often somebody did
-- something. Not logged: it costs the log nothing, and after a crash it begins anew.
CREATE UNLOGGED TABLE presences (
    session_id uuid NOT NULL,
    member text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (session_id, member)
);
CREATE INDEX presences_expires ON presences (expires_at);

CREATE UNLOGGED TABLE rate_windows (
    key text PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    counted integer NOT NULL,
    counted_before integer NOT NULL
);
CREATE INDEX rate_windows_expires ON rate_windows (expires_at);
