-- The schema `analytics`: what login roles of other tools may read (ADR 32). Made anew by whoever installs it.
--
-- Every view asks `analytics_roles` what the role that connected may see: one account's rows or everybody's, with texts or
-- without. `session_user` is who connected: no SET ROLE changes it. The views are barriers, so that no function of a
-- query sees a row before that was asked.

CREATE SCHEMA analytics;

CREATE VIEW analytics.access WITH (security_barrier) AS
SELECT r.account_id, r.with_text FROM public.analytics_roles r WHERE r.name = session_user::text;
COMMENT ON VIEW analytics.access IS 'What this role may see: account_id NULL is everybody''s.';

CREATE VIEW analytics.events WITH (security_barrier) AS
SELECT
    e.id AS position,
    e.tx_id::text::bigint AS tx_id,
    e.event_id,
    e.event_type,
    e.event_version AS schema_version,
    e.aggregate_type,
    e.aggregate_id AS stream_id,
    e.aggregate_version AS stream_version,
    f.payload ->> 'user_id' AS account_id,
    CASE WHEN pg_input_is_valid(e.payload ->> 'occurred_at', 'timestamptz')
        THEN (e.payload ->> 'occurred_at')::timestamptz END AS occurred_at,
    e.created_at AS recorded_at,
    e.correlation_id,
    e.causation_id,
    coalesce(e.payload ->> 'stage', e.payload ->> 'first_stage', e.payload ->> 'current_stage') AS stage,
    CASE WHEN pg_input_is_valid(e.payload ->> 'turn', 'bigint') THEN (e.payload ->> 'turn')::bigint END AS turn,
    e.payload ->> 'kind' AS kind,
    e.payload ->> 'code' AS code,
    e.payload ->> 'writer' AS writer,
    e.payload ->> 'model' AS model,
    e.payload ->> 'prompt_version' AS prompt_version,
    CASE WHEN jsonb_typeof(e.payload -> 'cost_usd') = 'number'
        THEN (e.payload ->> 'cost_usd')::double precision END AS cost_usd,
    CASE WHEN pg_input_is_valid(e.payload #>> '{usage,input_tokens}', 'bigint')
        THEN (e.payload #>> '{usage,input_tokens}')::bigint END AS input_tokens,
    CASE WHEN pg_input_is_valid(e.payload #>> '{usage,output_tokens}', 'bigint')
        THEN (e.payload #>> '{usage,output_tokens}')::bigint END AS output_tokens,
    e.payload ->> 'proposal_id' AS proposal_id,
    e.payload ->> 'feedback_id' AS feedback_id,
    CASE WHEN a.with_text THEN e.payload ELSE (
        -- numbers, and strings of fields that are known to hold none of anybody's words; the list of ADR 32
        SELECT coalesce(jsonb_object_agg(field.key, field.value), '{}') FROM jsonb_each(e.payload) AS field
        WHERE jsonb_typeof(field.value) IN ('number', 'boolean', 'null')
            OR (jsonb_typeof(field.value) = 'string' OR jsonb_typeof(field.value) = 'array'
                AND NOT jsonb_path_exists(field.value, '$[*] ? (@.type() == "object" || @.type() == "array")'))
            AND field.key = ANY (%(facts)s::text[])
    ) END AS payload
FROM analytics.access a
JOIN public.domain_events f ON f.aggregate_version = 1
    AND (a.account_id IS NULL OR f.payload ->> 'user_id' = a.account_id::text)
JOIN public.domain_events e ON e.aggregate_id = f.aggregate_id;
COMMENT ON VIEW analytics.events IS 'Every event; in commit order by (tx_id, position). Texts are left out of payload, unless the role has them.';

-- Read tables move with each version of their projection, and are exchanged when one is rebuilt: they are found by name,
-- when they are asked. The function runs as its owner and asks who connected, as the views do.
CREATE FUNCTION analytics.current_sessions() RETURNS TABLE (
    session_id uuid, account_id uuid, version integer, mode text, status text, current_stage text, is_pending boolean,
    language text, turn integer, started_at timestamptz, last_event_at timestamptz, expires_at timestamptz,
    source_session_id uuid, source_version integer, novel_id uuid, confirmed_stages integer, title text, confirmed jsonb
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE place text;
BEGIN
    SELECT format('%%I.genesis_sessions', 'read_genesis_session_v' || c.version) INTO place
    FROM public.projection_checkpoints c
    WHERE c.projection = 'genesis_session' AND c.built_at IS NOT NULL
        AND to_regclass(format('%%I.genesis_sessions', 'read_genesis_session_v' || c.version)) IS NOT NULL
    ORDER BY c.version DESC LIMIT 1;
    IF place IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE 'SELECT s.id, s.user_id, s.version, s.mode::text, s.status::text, s.current_stage::text,
            s.is_pending, s.language, s.turn, s.started_at, s.last_event_at, s.expires_at, s.source_session_id,
            s.source_version, s.novel_id, (SELECT count(*)::int FROM jsonb_object_keys(s.confirmed_data)),
            CASE WHEN a.with_text THEN s.title END, CASE WHEN a.with_text THEN s.confirmed_data END
        FROM public.analytics_roles a JOIN ' || place || ' s ON a.account_id IS NULL OR a.account_id = s.user_id
        WHERE a.name = $1' USING session_user::text;
END $$;
REVOKE EXECUTE ON FUNCTION analytics.current_sessions() FROM PUBLIC;

CREATE VIEW analytics.sessions_now AS SELECT * FROM analytics.current_sessions();
COMMENT ON VIEW analytics.sessions_now IS 'Sessions as they are now. title and confirmed: only for a role that has texts.';

-- What the page's read table is folded from in Python (projections/genesis/session.py), said in SQL: each event sets some
-- values, and they hold until another one sets them. A test holds it against the export of the same log.
CREATE VIEW analytics.sessions WITH (security_barrier) AS
WITH set_by AS (
    SELECT
        e.aggregate_id, e.aggregate_version, e.event_type, e.id AS position, e.payload AS p, f.payload AS first,
        a.with_text,
        CASE WHEN pg_input_is_valid(e.payload ->> 'occurred_at', 'timestamptz')
            THEN (e.payload ->> 'occurred_at')::timestamptz END AS valid_from,
        CASE e.event_type
            WHEN 'GenesisStarted' THEN 'IN_PROGRESS' WHEN 'GenesisBranched' THEN 'IN_PROGRESS'
            WHEN 'SessionExtended' THEN 'IN_PROGRESS' WHEN 'SessionPaused' THEN 'PAUSED'
            WHEN 'GenesisCompleted' THEN 'COMPLETED' WHEN 'GenesisAbandoned' THEN 'ABANDONED' END AS status,
        CASE e.event_type
            WHEN 'GenesisStarted' THEN e.payload ->> 'first_stage'
            WHEN 'GenesisBranched' THEN e.payload ->> 'current_stage'
            WHEN 'StageEntered' THEN e.payload ->> 'stage' WHEN 'GenesisCompleted' THEN 'FINISHED' END AS current_stage,
        CASE e.event_type
            WHEN 'GenerationRequested' THEN TRUE WHEN 'ProposalsRecorded' THEN FALSE WHEN 'GenerationFailed' THEN FALSE
            WHEN 'GenerationCancelled' THEN FALSE END AS is_pending,
        CASE WHEN e.event_type IN ('GenerationRequested', 'GenerationCancelled', 'SessionPaused', 'GenesisCompleted',
                'GenesisAbandoned') AND pg_input_is_valid(e.payload ->> 'turn', 'integer')
            THEN (e.payload ->> 'turn')::integer END AS turn,
        CASE WHEN e.event_type IN ('GenesisStarted', 'GenesisBranched', 'SessionExtended')
                AND pg_input_is_valid(e.payload ->> 'expires_at', 'timestamptz')
            THEN (e.payload ->> 'expires_at')::timestamptz END AS expires_at,
        CASE e.event_type
            WHEN 'GenesisBranched' THEN (SELECT count(*) FROM jsonb_path_query(e.payload, '$.stages.*.proposals[*]'))
            WHEN 'ProposalsRecorded' THEN (SELECT count(*) FROM jsonb_path_query(e.payload, '$.proposals[*]'))
            WHEN 'ContentEdited' THEN 1 ELSE 0 END AS proposals,
        CASE e.event_type
            WHEN 'GenesisBranched' THEN (SELECT count(*) FROM jsonb_path_query(e.payload, '$.stages.*.feedback[*]'))
            WHEN 'FeedbackGiven' THEN 1 ELSE 0 END AS feedback,
        (e.event_type = 'ContentEdited')::integer AS edits,
        (e.event_type = 'GenerationFailed')::integer AS failures,
        e.event_type IN ('ProposalsRecorded', 'GenerationFailed') AS paid,
        CASE WHEN e.event_type IN ('ProposalsRecorded', 'GenerationFailed')
                AND jsonb_typeof(e.payload -> 'cost_usd') = 'number'
            THEN (e.payload ->> 'cost_usd')::numeric END AS cost
    FROM analytics.access a
    JOIN public.domain_events f ON f.aggregate_version = 1 AND f.aggregate_type = 'genesis_session'
        AND (a.account_id IS NULL OR f.payload ->> 'user_id' = a.account_id::text)
    JOIN public.domain_events e ON e.aggregate_id = f.aggregate_id
), since AS (
    SELECT
        *,
        count(status) OVER stream AS nth_status, count(current_stage) OVER stream AS nth_stage,
        count(is_pending) OVER stream AS nth_pending, count(turn) OVER stream AS nth_turn,
        count(expires_at) OVER stream AS nth_expiry
    FROM set_by WINDOW stream AS (PARTITION BY aggregate_id ORDER BY aggregate_version)
)
SELECT
    aggregate_id AS session_id,
    aggregate_version AS version,
    first ->> 'user_id' AS account_id,
    valid_from,
    lead(valid_from) OVER stream AS valid_to,
    event_type,
    position,
    first ->> 'mode' AS mode,
    max(status) OVER (PARTITION BY aggregate_id, nth_status) AS status,
    max(current_stage) OVER (PARTITION BY aggregate_id, nth_stage) AS current_stage,
    coalesce(bool_or(is_pending) OVER (PARTITION BY aggregate_id, nth_pending), FALSE) AS is_pending,
    first ->> 'language' AS language,
    coalesce(max(turn) OVER (PARTITION BY aggregate_id, nth_turn), 0) AS turn,
    min(valid_from) OVER (PARTITION BY aggregate_id) AS started_at,
    max(expires_at) OVER (PARTITION BY aggregate_id, nth_expiry) AS expires_at,
    first ->> 'source_session_id' AS source_session_id,
    CASE WHEN pg_input_is_valid(first ->> 'source_version', 'integer')
        THEN (first ->> 'source_version')::integer END AS source_version,
    max(CASE WHEN event_type = 'GenesisCompleted' THEN p ->> 'novel_id' END) OVER stream AS novel_id,
    (sum(proposals) OVER stream)::bigint AS proposals,
    (sum(feedback) OVER stream)::bigint AS feedback,
    (sum(edits) OVER stream)::bigint AS edits,
    (sum(failures) OVER stream)::bigint AS failures,
    (sum(cost) OVER stream)::double precision AS cost_usd,
    count(*) FILTER (WHERE paid AND cost IS NULL) OVER stream AS calls_without_price,
    CASE WHEN with_text THEN first ->> 'title' END AS title
FROM since WINDOW stream AS (PARTITION BY aggregate_id ORDER BY aggregate_version);
COMMENT ON VIEW analytics.sessions IS 'Every state that a session was in, from valid_from to valid_to (NULL: it still is). title: only for a role that has texts.';

CREATE VIEW analytics.stage_rounds AS
SELECT
    stream_id AS session_id,
    account_id,
    stage,
    min(occurred_at) FILTER (WHERE event_type = 'GenerationRequested') AS first_requested_at,
    min(occurred_at) FILTER (WHERE event_type = 'ProposalsRecorded') AS first_proposed_at,
    min(occurred_at) FILTER (WHERE event_type = 'StageConfirmed') AS first_confirmed_at,
    count(*) FILTER (WHERE event_type = 'ProposalsRecorded') AS rounds,
    count(*) FILTER (WHERE event_type = 'FeedbackGiven') AS feedback,
    count(*) FILTER (WHERE event_type = 'ContentEdited') AS edits,
    count(*) FILTER (WHERE event_type = 'GenerationFailed') AS failures,
    count(*) FILTER (WHERE event_type = 'StageConfirmed') AS confirmations
FROM analytics.events
WHERE aggregate_type = 'genesis_session' AND stage IS NOT NULL
GROUP BY stream_id, account_id, stage;
COMMENT ON VIEW analytics.stage_rounds IS 'One row for each session and stage: how many rounds it took, and how long.';

CREATE VIEW analytics.proposals WITH (security_barrier) AS
SELECT
    made.proposal ->> 'id' AS proposal_id,
    e.aggregate_id AS session_id,
    f.payload ->> 'user_id' AS account_id,
    e.payload ->> 'stage' AS stage,
    e.payload ->> 'writer' AS writer,
    e.payload ->> 'model' AS model,
    e.payload ->> 'prompt_version' AS prompt_version,
    e.id AS position,
    e.created_at AS recorded_at,
    made.proposal ->> 'revision_of' IS NOT NULL AS is_revision,
    EXISTS (
        SELECT FROM public.domain_events c
        WHERE c.aggregate_id = e.aggregate_id AND c.event_type = 'StageConfirmed'
            AND c.payload ->> 'proposal_id' = made.proposal ->> 'id'
    ) AS confirmed
FROM analytics.access a
JOIN public.domain_events f ON f.aggregate_version = 1
    AND (a.account_id IS NULL OR f.payload ->> 'user_id' = a.account_id::text)
JOIN public.domain_events e ON e.aggregate_id = f.aggregate_id AND e.event_type = 'ProposalsRecorded'
CROSS JOIN LATERAL jsonb_path_query(e.payload, '$.proposals[*]') AS made (proposal);
COMMENT ON VIEW analytics.proposals IS 'One row for each proposal that was recorded, and whether it was confirmed.';

CREATE VIEW analytics.models AS
SELECT
    g.writer, g.model, g.prompt_version,
    count(*) AS generations,
    sum(g.cost_usd) AS cost_usd,
    count(*) FILTER (WHERE g.cost_usd IS NULL) AS generations_without_price,
    sum(g.input_tokens) AS input_tokens,
    sum(g.output_tokens) AS output_tokens,
    max(p.proposals) AS proposals,
    max(p.confirmed) AS proposals_confirmed
FROM analytics.events g
LEFT JOIN (
    SELECT writer, model, prompt_version, count(*) AS proposals, count(*) FILTER (WHERE confirmed) AS confirmed
    FROM analytics.proposals GROUP BY writer, model, prompt_version
) p USING (writer, model, prompt_version)
WHERE g.event_type = 'ProposalsRecorded'
GROUP BY g.writer, g.model, g.prompt_version;
COMMENT ON VIEW analytics.models IS 'How often a model''s proposals are confirmed. A cost that nobody knows is counted, and is no 0.';

CREATE VIEW analytics.failures AS
SELECT code, stage, count(*) AS failures, count(DISTINCT stream_id) AS sessions
FROM analytics.events WHERE event_type = 'GenerationFailed' GROUP BY code, stage;
COMMENT ON VIEW analytics.failures IS 'Why generations failed.';

CREATE VIEW analytics.abandoned AS
SELECT current_stage, count(*) AS sessions FROM analytics.sessions_now WHERE status = 'ABANDONED' GROUP BY current_stage;
COMMENT ON VIEW analytics.abandoned IS 'Where sessions that were abandoned stood.';
