-- The views of `genesis analytics duckdb`: made once, and computed from the tables `events` and `sessions` when asked.

COMMENT ON TABLE events IS 'Every event, in the order in which it was committed. payload is JSON.';
COMMENT ON TABLE sessions IS 'Every state that a session was in, from valid_from to valid_to (NULL: it still is).';

-- Sessions as they are now.
CREATE VIEW sessions_now AS SELECT * FROM sessions WHERE valid_to IS NULL;

-- One row for each session and stage: how many rounds it took, and how long.
CREATE VIEW stage_rounds AS
SELECT
    stream_id AS session_id,
    stage,
    min(occurred_at) FILTER (WHERE event_type = 'GenerationRequested') AS first_requested_at,
    min(occurred_at) FILTER (WHERE event_type = 'ProposalsRecorded') AS first_proposed_at,
    min(occurred_at) FILTER (WHERE event_type = 'StageConfirmed') AS first_confirmed_at,
    count(*) FILTER (WHERE event_type = 'ProposalsRecorded') AS rounds,
    count(*) FILTER (WHERE event_type = 'FeedbackGiven') AS feedback,
    count(*) FILTER (WHERE event_type = 'ContentEdited') AS edits,
    count(*) FILTER (WHERE event_type = 'GenerationFailed') AS failures,
    count(*) FILTER (WHERE event_type = 'StageConfirmed') AS confirmations
FROM events
WHERE aggregate_type = 'genesis_session' AND stage IS NOT NULL
GROUP BY ALL;

-- One row for each proposal that was recorded, and whether it was confirmed.
CREATE VIEW proposals AS
WITH made AS (
    SELECT
        e.stream_id AS session_id, e.stage, e.writer, e.model, e.prompt_version, e.position, e.occurred_at,
        unnest(from_json(json_extract(e.payload, '$.proposals'), '["JSON"]')) AS proposal
    FROM events AS e WHERE e.event_type = 'ProposalsRecorded'
)
SELECT
    made.proposal ->> '$.id' AS proposal_id, made.* EXCLUDE (proposal),
    (made.proposal ->> '$.revision_of') IS NOT NULL AS is_revision,
    EXISTS (
        FROM events AS c WHERE c.event_type = 'StageConfirmed' AND c.stream_id = made.session_id
            AND c.proposal_id = made.proposal ->> '$.id'
    ) AS confirmed
FROM made;

-- How often a model's proposals are confirmed as they are. A cost that nobody knows is counted, and is no 0.
CREATE VIEW models AS
SELECT
    g.writer, g.model, g.prompt_version,
    count(*) AS generations,
    sum(g.cost_usd) AS cost_usd,
    count(*) FILTER (WHERE g.cost_usd IS NULL) AS generations_without_price,
    sum(g.input_tokens) AS input_tokens,
    sum(g.output_tokens) AS output_tokens,
    any_value(p.proposals) AS proposals,
    any_value(p.confirmed) AS proposals_confirmed
FROM events AS g
LEFT JOIN (
    SELECT writer, model, prompt_version, count(*) AS proposals, count(*) FILTER (WHERE confirmed) AS confirmed
    FROM proposals GROUP BY ALL
) AS p USING (writer, model, prompt_version)
WHERE g.event_type = 'ProposalsRecorded'
GROUP BY ALL;

-- Why generations failed.
CREATE VIEW failures AS
SELECT code, stage, count(*) AS failures, count(DISTINCT stream_id) AS sessions
FROM events WHERE event_type = 'GenerationFailed' GROUP BY ALL ORDER BY failures DESC;

-- Where sessions that were abandoned stood.
CREATE VIEW abandoned AS
SELECT current_stage, count(*) AS sessions FROM sessions_now WHERE status = 'ABANDONED' GROUP BY ALL;
