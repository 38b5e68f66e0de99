DROP INDEX async_tasks_full;
DROP TABLE outbox_totals;
ALTER TABLE projection_checkpoints DROP COLUMN applied;
ALTER TABLE async_tasks DROP COLUMN model, DROP COLUMN input_tokens, DROP COLUMN output_tokens;
