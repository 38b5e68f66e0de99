-- The Insights page's numbers, from an export of events alone (docs/analytics.md says what each one means).
-- Needs a table or view `events`, exported with --with-text, and three variables: account, since, before (NULL: no limit).

CREATE VIEW genesis AS SELECT * REPLACE (payload::JSON AS payload) FROM events WHERE aggregate_type = 'genesis_session';

CREATE MACRO in_range(moment) AS
    (getvariable('since') IS NULL OR moment >= getvariable('since')::TIMESTAMPTZ)
    AND (getvariable('before') IS NULL OR moment < getvariable('before')::TIMESTAMPTZ);
CREATE MACRO microseconds(a, b) AS CASE WHEN a <= b THEN epoch_us(b) - epoch_us(a) END;
CREATE MACRO spread(cases) AS {
    'n': count(cases), 'least': min(cases), 'median': quantile_disc(cases, 0.5), 'most': max(cases)
};

-- One row for each session, with how it ended. -------------------------------------------------------------------------
CREATE VIEW session_cases AS
SELECT
    stream_id AS session_id,
    any_value(account_id) AS account_id,
    min(occurred_at) FILTER (event_type IN ('GenesisStarted', 'GenesisBranched')) AS started_at,
    coalesce(arg_max(
        CASE event_type WHEN 'GenesisCompleted' THEN 'COMPLETED' WHEN 'GenesisAbandoned' THEN 'ABANDONED'
            WHEN 'SessionPaused' THEN 'PAUSED' ELSE 'IN_PROGRESS' END, stream_version
    ) FILTER (event_type IN ('GenesisCompleted', 'GenesisAbandoned', 'SessionPaused', 'SessionExtended')),
        'IN_PROGRESS') AS status,
    arg_max(stage, stream_version)
        FILTER (event_type IN ('GenesisStarted', 'GenesisBranched', 'StageEntered')) AS current_stage
FROM genesis GROUP BY stream_id;

CREATE VIEW chosen AS
SELECT * FROM session_cases WHERE getvariable('account') IS NULL OR account_id = getvariable('account');

-- One row for each stage of each session. An acceptance is its first confirmation. --------------------------------------
CREATE VIEW stage_cases AS
WITH firsts AS (
    SELECT
        stream_id AS session_id, stage,
        arg_min(occurred_at, stream_version) FILTER (
            event_type = 'GenerationRequested' AND (payload ->> '$.kind') <> 'agreement'
        ) AS requested_at,
        arg_min(occurred_at, stream_version) FILTER (event_type = 'ProposalsRecorded') AS proposed_at,
        arg_min(occurred_at, stream_version) FILTER (event_type = 'StageConfirmed') AS accepted_at,
        min(stream_version) FILTER (event_type = 'StageConfirmed') AS accepted_version
    FROM genesis WHERE stage IS NOT NULL GROUP BY ALL
)
SELECT
    firsts.*,
    count(*) FILTER (e.event_type = 'ProposalsRecorded' AND e.stream_version < accepted_version) AS rounds,
    count(*) FILTER (e.event_type IN ('ContentEdited', 'ContentCorrected') AND e.stream_version > accepted_version)
        AS edits_after
FROM firsts JOIN genesis AS e ON e.stream_id = firsts.session_id AND e.stage = firsts.stage
GROUP BY ALL;

-- Proposals, and the AI's proposal that each goes back to. A branch brings those of its source along. ------------------
CREATE VIEW proposal_versions AS
WITH found AS (
    SELECT stream_id AS session_id, unnest(from_json(payload -> '$.proposals', '["JSON"]')) AS proposal
    FROM genesis WHERE event_type = 'ProposalsRecorded'
    UNION ALL
    SELECT stream_id, payload -> '$.proposal' FROM genesis WHERE event_type IN ('ContentEdited', 'ContentCorrected')
    UNION ALL
    SELECT stream_id, unnest(from_json(record -> '$.proposals', '["JSON"]'))
    FROM (
        SELECT stream_id, unnest(map_values(from_json(payload -> '$.stages', '"MAP(VARCHAR, JSON)"'))) AS record
        FROM genesis WHERE event_type = 'GenesisBranched'
    )
)
SELECT session_id, proposal ->> '$.id' AS id, proposal ->> '$.revision_of' AS revision_of,
    proposal ->> '$.origin' AS origin, proposal -> '$.content' AS content
FROM found;

CREATE TABLE sources AS
WITH RECURSIVE back AS (
    SELECT session_id, id, id AS source FROM proposal_versions WHERE origin = 'ai'
    UNION ALL
    SELECT p.session_id, p.id, back.source
    FROM proposal_versions AS p JOIN back ON back.session_id = p.session_id AND back.id = p.revision_of
    WHERE p.origin <> 'ai'
)
SELECT DISTINCT * FROM back;

-- What was confirmed, each time; and what is confirmed now. -------------------------------------------------------------
CREATE TABLE confirmations AS
SELECT
    e.stream_id AS session_id, e.stage, e.stream_version, s.source,
    coalesce(e.payload -> '$.proposal.content', e.payload -> '$.content') AS content,
    e.stream_version = max(e.stream_version) OVER (PARTITION BY e.stream_id, e.stage) AS is_last
FROM genesis AS e
LEFT JOIN sources AS s ON s.session_id = e.stream_id
    AND s.id = coalesce(e.payload ->> '$.proposal.id', e.payload ->> '$.proposal_id')
WHERE e.event_type IN ('StageConfirmed', 'ContentCorrected');

-- The prose of a content: every text but ids, keys and references, by its path; an item with an id is named by it. -------
CREATE TABLE contents AS
SELECT row_number() OVER () AS document, * FROM (
    SELECT session_id, stage, 'confirmed' AS what, content FROM confirmations WHERE is_last
    UNION ALL
    SELECT c.session_id, c.stage, 'proposed', p.content
    FROM confirmations AS c JOIN proposal_versions AS p ON p.session_id = c.session_id AND p.id = c.source
    WHERE c.is_last
);

CREATE TABLE prose AS
WITH RECURSIVE nodes AS (
    SELECT document, node.id, node.parent, node.key, node.type, node.atom ->> '$' AS text
    FROM contents, json_tree(contents.content) AS node
),
named AS (
    SELECT n.*, parent.type AS parent_type, CASE WHEN parent.type = 'ARRAY' THEN coalesce(own.text, n.key) ELSE n.key END
        AS name
    FROM nodes AS n
    LEFT JOIN nodes AS parent ON parent.document = n.document AND parent.id = n.parent
    LEFT JOIN nodes AS own ON own.document = n.document AND own.parent = n.id AND own.key = 'id' AND own.type = 'VARCHAR'
        AND n.type = 'OBJECT'
),
walk AS (
    SELECT document, id, '' AS path, type, text FROM named WHERE parent IS NULL
    UNION ALL
    SELECT n.document, n.id, walk.path || '/' || n.name, n.type, n.text
    FROM walk JOIN named AS n ON n.document = walk.document AND n.parent = walk.id
    WHERE n.parent_type = 'ARRAY'
        OR NOT (n.key IN ('id', 'key') OR n.key LIKE '%\_id' ESCAPE '\' OR n.key LIKE '%\_ids' ESCAPE '\')
)
SELECT session_id, stage, what, path, string_agg(text, '' ORDER BY id) AS text
FROM walk JOIN contents USING (document) WHERE type = 'VARCHAR' GROUP BY ALL;

-- A word is a run of letters and digits; each Chinese character and each kana is one of its own.
CREATE MACRO words(text) AS
    len(regexp_extract_all(text, '[\x{3040}-\x{30ff}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}]'))
    + len(regexp_extract_all(
        regexp_replace(text, '[\x{3040}-\x{30ff}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}]', ' ', 'g'),
        '[\p{L}\p{N}]+(?:[''’\-.][\p{L}\p{N}]+)*'
    ));

CREATE TABLE text_cases AS
WITH before AS (SELECT * FROM prose WHERE what = 'proposed'),
after AS (SELECT * FROM prose WHERE what = 'confirmed'),
apart AS (
    SELECT coalesce(b.session_id, a.session_id) AS session_id, coalesce(b.stage, a.stage) AS stage,
        sum(levenshtein(coalesce(b.text, ''), coalesce(a.text, ''))) AS distance
    FROM before AS b FULL JOIN after AS a ON a.session_id = b.session_id AND a.stage = b.stage AND a.path = b.path
    GROUP BY ALL
),
proposed AS (SELECT session_id, stage, sum(length(text)) AS characters FROM before GROUP BY ALL),
confirmed AS (
    SELECT session_id, stage, sum(length(text)) AS characters, sum(words(text)) AS words FROM after GROUP BY ALL
)
SELECT
    c.session_id, c.stage, c.source,
    CASE WHEN c.source IS NOT NULL THEN coalesce(proposed.characters, 0) END::BIGINT AS proposed_characters,
    coalesce(confirmed.characters, 0)::BIGINT AS confirmed_characters,
    coalesce(confirmed.words, 0)::BIGINT AS confirmed_words,
    CASE WHEN c.source IS NOT NULL THEN coalesce(apart.distance, 0) END::BIGINT AS distance
FROM confirmations AS c
LEFT JOIN apart USING (session_id, stage)
LEFT JOIN proposed USING (session_id, stage)
LEFT JOIN confirmed USING (session_id, stage)
WHERE c.is_last;

-- One row for each generation that ended. A price that nobody knows stays NULL. ------------------------------------------
CREATE TABLE generation_cases AS
SELECT
    e.stream_id AS session_id, e.stage, e.occurred_at AS ended_at, coalesce(e.model, '') AS model,
    coalesce(e.prompt_version, '') AS prompt_version, e.code,
    CASE e.event_type WHEN 'ProposalsRecorded' THEN 'proposed' WHEN 'ContradictionsFound' THEN 'found'
        WHEN 'GenerationFailed' THEN 'failed' ELSE 'cancelled' END
        AS outcome,
    round_even(e.cost_usd * 1e9, 0)::BIGINT AS cost_nano_usd, e.input_tokens, e.output_tokens,
    (e.payload ->> '$.usage.cache_read_tokens')::BIGINT AS cache_read_tokens,
    json_array_length(e.payload -> '$.asked.attempts')::BIGINT AS attempts,
    from_json(e.payload -> '$.asked.attempts[*].cause', '["VARCHAR"]') AS causes,
    from_json(e.payload -> '$.proposals[*].id', '["VARCHAR"]') AS proposal_ids,
    EXISTS (
        FROM confirmations AS c WHERE c.session_id = e.stream_id AND c.stage = e.stage
            AND list_contains(from_json(e.payload -> '$.proposals[*].id', '["VARCHAR"]'), c.source)
    ) AS accepted
FROM genesis AS e WHERE e.event_type IN ('ProposalsRecorded', 'ContradictionsFound', 'GenerationFailed', 'GenerationCancelled');

-- The page's numbers. ---------------------------------------------------------------------------------------------------
CREATE VIEW acceptances AS
SELECT st.*, t.* EXCLUDE (session_id, stage), microseconds(requested_at, accepted_at) AS confirmation
FROM stage_cases AS st JOIN chosen USING (session_id) JOIN text_cases AS t USING (session_id, stage)
WHERE accepted_at IS NOT NULL AND in_range(accepted_at);

CREATE VIEW generations AS
SELECT g.* FROM generation_cases AS g JOIN chosen USING (session_id) WHERE in_range(ended_at);

CREATE MACRO texts_of(source, distance, proposed, confirmed, word_count, edits) AS {
    'confirmed': count(*), 'by_hand': count(*) FILTER (source IS NULL), 'unchanged': count(*) FILTER (distance = 0),
    'proposed_characters': coalesce(sum(proposed), 0)::BIGINT, 'confirmed_characters': coalesce(sum(confirmed), 0)::BIGINT,
    'confirmed_words': coalesce(sum(word_count), 0)::BIGINT, 'distance': coalesce(sum(distance), 0)::BIGINT,
    'edits_after': coalesce(sum(edits), 0)::BIGINT
};
CREATE MACRO generations_of(outcome, accepted, attempts, input_tokens, output_tokens, cached) AS {
    'ended': count(*), 'proposed': count(*) FILTER (outcome = 'proposed'), 'accepted': count(*) FILTER (accepted),
    'failed': count(*) FILTER (outcome = 'failed'), 'cancelled': count(*) FILTER (outcome = 'cancelled'),
    'attempts': coalesce(sum(attempts), 0)::BIGINT, 'attempts_known': count(attempts),
    'retried': count(*) FILTER (attempts > 1),
    'tokens_known': count(*) FILTER (input_tokens IS NOT NULL OR output_tokens IS NOT NULL),
    'input_tokens': coalesce(sum(input_tokens), 0)::BIGINT, 'output_tokens': coalesce(sum(output_tokens), 0)::BIGINT,
    'cache_read_tokens': coalesce(sum(cached), 0)::BIGINT, 'cache_hits': count(*) FILTER (cached > 0)
};
CREATE MACRO cost_of(cost) AS {
    'n': count(*), 'unknown': count(*) - count(cost), 'known_nano_usd': sum(cost)::BIGINT
};

-- One row for each stage that has something to count, and one for all of them (stage NULL).
CREATE VIEW insights_acceptances AS
SELECT stage, count(*) AS accepted, spread(rounds) AS rounds, spread(confirmation) AS confirmation,
    texts_of(source, distance, proposed_characters, confirmed_characters, confirmed_words, edits_after) AS texts
FROM acceptances GROUP BY GROUPING SETS ((stage), ());

CREATE VIEW insights_rounds AS
SELECT stage, rounds, count(*) AS n FROM acceptances GROUP BY GROUPING SETS ((stage, rounds), (rounds)) ORDER BY rounds;

CREATE VIEW insights_first_proposals AS
SELECT stage, spread(microseconds(requested_at, proposed_at)) AS first_proposal
FROM stage_cases JOIN chosen USING (session_id) WHERE proposed_at IS NOT NULL AND in_range(proposed_at)
GROUP BY GROUPING SETS ((stage), ());

CREATE VIEW insights_generations AS
SELECT stage, generations_of(outcome, accepted, attempts, input_tokens, output_tokens, cache_read_tokens) AS generations,
    cost_of(cost_nano_usd) AS cost
FROM generations GROUP BY GROUPING SETS ((stage), ());

CREATE VIEW insights_models AS
WITH made AS (
    SELECT g.model, g.prompt_version, t.*, st.edits_after
    FROM generations AS g
    JOIN text_cases AS t ON t.session_id = g.session_id AND t.stage = g.stage AND list_contains(g.proposal_ids, t.source)
    JOIN stage_cases AS st ON st.session_id = t.session_id AND st.stage = t.stage
),
texts AS (
    SELECT model, prompt_version,
        texts_of(source, distance, proposed_characters, confirmed_characters, confirmed_words, edits_after) AS texts
    FROM made GROUP BY ALL
)
SELECT model, prompt_version,
    generations_of(outcome, accepted, attempts, input_tokens, output_tokens, cache_read_tokens) AS generations,
    cost_of(cost_nano_usd) AS cost, any_value(texts.texts) AS texts
FROM generations LEFT JOIN texts USING (model, prompt_version)
GROUP BY model, prompt_version ORDER BY count(*) DESC, model, prompt_version;

CREATE VIEW insights_responses AS
WITH r AS (
    SELECT e.stage, CASE e.event_type
        WHEN 'FeedbackGiven' THEN if((e.payload ->> '$.path') IS NULL, 'feedback', 'feedback_on_passage')
        WHEN 'ContentEdited' THEN 'edit'
        WHEN 'LocksChanged' THEN if(json_array_length(e.payload -> '$.locked_paths') > 0, 'lock', 'unlock')
        WHEN 'ConceptsShortlisted' THEN 'shortlist'
        WHEN 'ContentCorrected' THEN 'correction'
        WHEN 'ContradictionsDismissed' THEN 'dismissal' END AS kind
    FROM genesis AS e JOIN chosen ON chosen.session_id = e.stream_id WHERE in_range(e.occurred_at)
)
SELECT stage, kind, count(*) AS n FROM r WHERE kind IS NOT NULL GROUP BY GROUPING SETS ((stage, kind), (kind));

CREATE VIEW insights_funnel AS
WITH begun AS (SELECT * FROM chosen WHERE in_range(started_at)),
steps AS (
    SELECT stage, count(*) AS reached, count(proposed_at) AS proposed, count(accepted_at) AS accepted
    FROM stage_cases JOIN begun USING (session_id) GROUP BY stage
),
ends AS (
    SELECT current_stage AS stage, count(*) FILTER (status = 'ABANDONED') AS abandoned,
        count(*) FILTER (status IN ('IN_PROGRESS', 'PAUSED')) AS open
    FROM begun GROUP BY ALL
)
SELECT stage, reached, proposed, accepted, coalesce(abandoned, 0) AS abandoned, coalesce(open, 0) AS open
FROM steps LEFT JOIN ends USING (stage);

CREATE VIEW insights_sessions AS SELECT status, count(*) AS n FROM chosen WHERE in_range(started_at) GROUP BY status;

CREATE VIEW insights_causes AS
SELECT 'generations' AS of, code, count(*) AS n, count(DISTINCT session_id) AS sessions
FROM generations WHERE outcome = 'failed' GROUP BY code
UNION ALL
SELECT 'attempts', cause, count(*), count(DISTINCT session_id)
FROM (SELECT session_id, unnest(causes) AS cause FROM generations) WHERE cause IS NOT NULL GROUP BY cause
ORDER BY 1 DESC, 3 DESC, 2;
