DROP INDEX genesis_sessions_of_user;
CREATE INDEX genesis_sessions_of_user ON genesis_sessions (user_id, started_at DESC, id);
