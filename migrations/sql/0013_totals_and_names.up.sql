-- Totals of generations, kept by the statement that changes a task: counting the tasks anew takes longer with every one.
-- A statement's rows are added up per model and in the order of models, so that two statements cannot deadlock.
CREATE TABLE task_totals (
    model TEXT PRIMARY KEY,
    completed BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    cancelled BIGINT NOT NULL DEFAULT 0,
    cost_usd NUMERIC(18, 6) NOT NULL DEFAULT 0,
    input_tokens BIGINT NOT NULL DEFAULT 0,
    output_tokens BIGINT NOT NULL DEFAULT 0
);

CREATE FUNCTION count_new_tasks() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_totals AS t (model, completed, failed, cancelled, cost_usd, input_tokens, output_tokens)
    SELECT coalesce(n.model, 'unknown'), count(*) FILTER (WHERE n.status = 'COMPLETED'),
        count(*) FILTER (WHERE n.status = 'FAILED'), count(*) FILTER (WHERE n.status = 'CANCELLED'),
        coalesce(sum(n.cost_usd), 0), coalesce(sum(n.input_tokens), 0), coalesce(sum(n.output_tokens), 0)
    FROM new_rows AS n
    WHERE n.status IN ('COMPLETED', 'FAILED', 'CANCELLED')
        OR n.cost_usd IS NOT NULL OR n.input_tokens IS NOT NULL OR n.output_tokens IS NOT NULL
    GROUP BY 1 ORDER BY 1
    ON CONFLICT (model) DO UPDATE SET
        completed = t.completed + excluded.completed, failed = t.failed + excluded.failed,
        cancelled = t.cancelled + excluded.cancelled, cost_usd = t.cost_usd + excluded.cost_usd,
        input_tokens = t.input_tokens + excluded.input_tokens, output_tokens = t.output_tokens + excluded.output_tokens;
    RETURN NULL;
END $$;

-- Only what a statement adds, under the model that the task has now: a total is never taken from one to another.
CREATE FUNCTION count_changed_tasks() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_totals AS t (model, completed, failed, cancelled, cost_usd, input_tokens, output_tokens)
    SELECT coalesce(n.model, 'unknown'),
        sum((n.status = 'COMPLETED')::int - (o.status = 'COMPLETED')::int),
        sum((n.status = 'FAILED')::int - (o.status = 'FAILED')::int),
        sum((n.status = 'CANCELLED')::int - (o.status = 'CANCELLED')::int),
        sum(coalesce(n.cost_usd, 0) - coalesce(o.cost_usd, 0)),
        sum(coalesce(n.input_tokens, 0) - coalesce(o.input_tokens, 0)),
        sum(coalesce(n.output_tokens, 0) - coalesce(o.output_tokens, 0))
    FROM new_rows AS n JOIN old_rows AS o USING (id)
    WHERE n.status <> o.status OR n.cost_usd IS DISTINCT FROM o.cost_usd
        OR n.input_tokens IS DISTINCT FROM o.input_tokens OR n.output_tokens IS DISTINCT FROM o.output_tokens
    GROUP BY 1
    ORDER BY 1
    ON CONFLICT (model) DO UPDATE SET
        completed = t.completed + excluded.completed, failed = t.failed + excluded.failed,
        cancelled = t.cancelled + excluded.cancelled, cost_usd = t.cost_usd + excluded.cost_usd,
        input_tokens = t.input_tokens + excluded.input_tokens, output_tokens = t.output_tokens + excluded.output_tokens;
    RETURN NULL;
END $$;

CREATE TRIGGER async_tasks_new AFTER INSERT ON async_tasks
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_new_tasks();
CREATE TRIGGER async_tasks_changed AFTER UPDATE ON async_tasks
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_changed_tasks();

INSERT INTO task_totals (model, completed, failed, cancelled, cost_usd, input_tokens, output_tokens)
SELECT coalesce(model, 'unknown'), count(*) FILTER (WHERE status = 'COMPLETED'),
    count(*) FILTER (WHERE status = 'FAILED'), count(*) FILTER (WHERE status = 'CANCELLED'),
    coalesce(sum(cost_usd), 0), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0)
FROM async_tasks GROUP BY 1;

-- Waits that are over are kept for a while: counted from the index alone.
CREATE INDEX flow_resume_handles_by_status ON flow_resume_handles (status);
