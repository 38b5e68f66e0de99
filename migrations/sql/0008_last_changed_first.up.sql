-- A list of sessions begins with what was changed last.
DROP INDEX genesis_sessions_of_user;
CREATE INDEX genesis_sessions_of_user ON genesis_sessions (user_id, last_event_at DESC, id DESC);
