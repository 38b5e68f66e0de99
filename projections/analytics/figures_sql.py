"""The SQL of the figures. Each is one statement, so that its numbers are of one moment; its parts come as JSON.

Parameters: user_id (None: everybody), since, before (None: no limit). Costs, times and sums are whole numbers.
"""

SESSIONS = """
s AS (
    SELECT * FROM analytics_sessions x WHERE (%(user_id)s::uuid IS NULL OR x.user_id = %(user_id)s::uuid)
)"""


def within(moment: str) -> str:
    """The condition that `moment` lies in the range."""
    return (
        f"{moment} >= coalesce(%(since)s::timestamptz, '-infinity')"
        f" AND {moment} < coalesce(%(before)s::timestamptz, 'infinity')"
    )


def microseconds(start: str, end: str) -> str:
    """Between two moments; NULL where the first is missing, or comes after the second."""
    return f"CASE WHEN {start} <= {end} THEN (extract(epoch FROM {end} - {start}) * 1000000)::bigint END"


ACCEPTED = """EXISTS (
    SELECT FROM analytics_texts t WHERE t.session_id = g.session_id AND t.stage = g.stage
        AND t.accepted_ids ?| ARRAY(SELECT jsonb_array_elements_text(g.proposal_ids))
)"""

CASES = f"""
WITH {SESSIONS},
a AS (
    SELECT st.stage, st.rounds_to_acceptance, st.edits_after, t.proposal_id, t.proposed_characters,
        t.confirmed_characters, t.confirmed_words, t.distance,
        {microseconds("st.first_requested_at", "st.accepted_at")} AS took
    FROM analytics_stages st JOIN s USING (session_id) JOIN analytics_texts t USING (session_id, stage)
    WHERE {within("st.accepted_at")}
),
p AS (
    SELECT st.stage, {microseconds("st.first_requested_at", "st.first_proposed_at")} AS took
    FROM analytics_stages st JOIN s USING (session_id) WHERE {within("st.first_proposed_at")}
),
g AS (
    SELECT g.*, {ACCEPTED} AS accepted
    FROM analytics_generations g JOIN s USING (session_id) WHERE {within("g.ended_at")}
),
r AS (
    SELECT r.stage, r.kind FROM analytics_responses r JOIN s USING (session_id) WHERE {within("r.occurred_at")}
)
"""  # noqa: S608  (constants)


def spread(value: str) -> str:
    return (
        f"jsonb_build_object('n', count({value}), 'least', min({value}), 'most', max({value}),"
        f" 'median', percentile_disc(0.5) WITHIN GROUP (ORDER BY {value}))"
    )


TEXTS = """jsonb_build_object(
    'confirmed', count(*), 'by_hand', count(*) FILTER (WHERE proposal_id IS NULL),
    'unchanged', count(*) FILTER (WHERE distance = 0),
    'proposed_characters', coalesce(sum(proposed_characters), 0),
    'confirmed_characters', coalesce(sum(confirmed_characters), 0),
    'confirmed_words', coalesce(sum(confirmed_words), 0),
    'distance', coalesce(sum(distance), 0), 'edits_after', coalesce(sum(edits_after), 0)
)"""

GENERATIONS = """jsonb_build_object(
    'ended', count(*), 'proposed', count(*) FILTER (WHERE outcome = 'proposed'),
    'accepted', count(*) FILTER (WHERE accepted), 'failed', count(*) FILTER (WHERE outcome = 'failed'),
    'cancelled', count(*) FILTER (WHERE outcome = 'cancelled'),
    'attempts', coalesce(sum(attempts), 0), 'attempts_known', count(attempts),
    'retried', count(*) FILTER (WHERE attempts > 1),
    'tokens_known', count(*) FILTER (WHERE input_tokens IS NOT NULL OR output_tokens IS NOT NULL),
    'input_tokens', coalesce(sum(input_tokens), 0), 'output_tokens', coalesce(sum(output_tokens), 0),
    'cache_read_tokens', coalesce(sum(cache_read_tokens), 0),
    'cache_hits', count(*) FILTER (WHERE cache_read_tokens > 0)
)"""

COST = """jsonb_build_object(
    'n', count(*), 'unknown', count(*) FILTER (WHERE cost_nano_usd IS NULL), 'known_nano_usd', sum(cost_nano_usd)
)"""

BY_STAGE = f"""
{CASES}
SELECT
    (SELECT jsonb_agg(x) FROM (
        SELECT stage, count(*) AS accepted, {spread("rounds_to_acceptance")} AS rounds,
            {spread("took")} AS confirmation, {TEXTS} AS texts
        FROM a GROUP BY GROUPING SETS ((stage), ())
    ) x) AS acceptances,
    (SELECT jsonb_agg(x ORDER BY x.rounds) FROM (
        SELECT stage, rounds_to_acceptance AS rounds, count(*) AS n
        FROM a GROUP BY GROUPING SETS ((stage, rounds_to_acceptance), (rounds_to_acceptance))
    ) x) AS rounds,
    (SELECT jsonb_agg(x) FROM (
        SELECT stage, {spread("took")} AS first_proposal FROM p GROUP BY GROUPING SETS ((stage), ())
    ) x) AS proposals,
    (SELECT jsonb_agg(x) FROM (
        SELECT stage, {GENERATIONS} AS generations, {COST} AS cost FROM g GROUP BY GROUPING SETS ((stage), ())
    ) x) AS generations,
    (SELECT jsonb_agg(x) FROM (
        SELECT stage, kind, count(*) AS n FROM r GROUP BY GROUPING SETS ((stage, kind), (kind))
    ) x) AS responses,
    (SELECT jsonb_object_agg(x.status, x.n) FROM (
        SELECT status, count(*) AS n FROM s WHERE {within("s.started_at")} GROUP BY status
    ) x) AS sessions
"""  # noqa: S608

BY_MODEL = f"""
{CASES},
made AS (
    SELECT g.model, g.prompt_version, t.*, st.edits_after
    FROM g JOIN analytics_texts t ON t.session_id = g.session_id AND t.stage = g.stage
        AND g.proposal_ids ? t.proposal_id::text
    JOIN analytics_stages st ON st.session_id = t.session_id AND st.stage = t.stage
)
SELECT x.model, x.prompt_version, x.generations, x.cost, y.texts
FROM (
    SELECT model, prompt_version, count(*) AS n, {GENERATIONS} AS generations, {COST} AS cost
    FROM g GROUP BY model, prompt_version
) x LEFT JOIN (
    SELECT model, prompt_version, {TEXTS} AS texts FROM made GROUP BY model, prompt_version
) y USING (model, prompt_version)
ORDER BY x.n DESC, x.model, x.prompt_version
"""  # noqa: S608

FUNNEL = f"""
WITH {SESSIONS}, b AS (SELECT * FROM s WHERE {within("s.started_at")})
SELECT
    (SELECT jsonb_build_object(
        'begun', count(*), 'completed', count(*) FILTER (WHERE status = 'COMPLETED'),
        'abandoned', count(*) FILTER (WHERE status = 'ABANDONED')
    ) FROM b) AS sessions,
    (SELECT jsonb_agg(x) FROM (
        SELECT st.stage, count(*) AS reached, count(st.first_proposed_at) AS proposed, count(st.accepted_at) AS accepted
        FROM analytics_stages st JOIN b USING (session_id) GROUP BY st.stage
    ) x) AS steps,
    (SELECT jsonb_agg(x) FROM (
        SELECT current_stage AS stage, count(*) FILTER (WHERE status = 'ABANDONED') AS abandoned,
            count(*) FILTER (WHERE status IN ('IN_PROGRESS', 'PAUSED')) AS open
        FROM b GROUP BY current_stage
    ) x) AS ends
"""  # noqa: S608

CAUSES = f"""
{CASES}
SELECT 'generations' AS of, code, count(*) AS n, count(DISTINCT session_id) AS sessions
FROM g WHERE outcome = 'failed' GROUP BY code
UNION ALL
SELECT 'attempts', c.cause, count(*), count(DISTINCT g.session_id)
FROM g CROSS JOIN LATERAL jsonb_array_elements_text(g.causes) AS c (cause) GROUP BY c.cause
ORDER BY 1 DESC, 3 DESC, 2
"""  # noqa: S608
