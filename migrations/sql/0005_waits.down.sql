DROP INDEX flow_resume_handles_signalled, flow_resume_handles_unconfirmed, flow_resume_handles_expired;
ALTER TABLE flow_resume_handles DROP COLUMN resuming_until, DROP COLUMN noticed_at;
