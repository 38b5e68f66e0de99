-- Waiting in the large: who is waking a run just now, whether the writer has been told of a wait in vain, and an index
-- for each look of the sweep, so that it reads the rows that need something and not the history of all waits.
ALTER TABLE flow_resume_handles ADD COLUMN resuming_until TIMESTAMPTZ, ADD COLUMN noticed_at TIMESTAMPTZ;
CREATE INDEX flow_resume_handles_signalled ON flow_resume_handles (updated_at)
    WHERE status = 'PAUSED' AND resume_payload IS NOT NULL;
CREATE INDEX flow_resume_handles_unconfirmed ON flow_resume_handles (updated_at) WHERE status = 'PENDING_PAUSE';
CREATE INDEX flow_resume_handles_expired ON flow_resume_handles (updated_at)
    WHERE status = 'EXPIRED' AND resumed_at IS NULL;
