-- What is counted once, where it happens: tokens with the task that used them, messages with the statement that marks
-- them as sent, events with the checkpoint that passes them. Counting rows would count anew at every look.
ALTER TABLE async_tasks ADD COLUMN model TEXT, ADD COLUMN input_tokens BIGINT, ADD COLUMN output_tokens BIGINT;
ALTER TABLE projection_checkpoints ADD COLUMN applied BIGINT NOT NULL DEFAULT 0;
CREATE TABLE outbox_totals (
    the_only BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (the_only),
    published BIGINT NOT NULL DEFAULT 0
);
INSERT INTO outbox_totals DEFAULT VALUES;
-- Ended work that still has its draft: what retention looks for. Emptied rows leave it.
CREATE INDEX async_tasks_full ON async_tasks (completed_at)
    WHERE status IN ('COMPLETED', 'FAILED', 'CANCELLED') AND (draft IS NOT NULL OR result_data IS NOT NULL);
