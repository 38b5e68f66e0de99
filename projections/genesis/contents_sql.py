"""The statements that read a state without its large contents, and contents one by one. Ownership is part of each.

A stage's record is one JSON value, which PostgreSQL keeps compressed: each mention of the column unpacks all of it.
`#> '{}'` in a subquery that is not pulled up (OFFSET 0) unpacks it once.
"""

from domain.genesis.premise import Premise

PREMISE = ", ".join(f"s.{name}" for name in Premise.model_fields)

FACTS = f"""
    s.id, s.user_id, {PREMISE}, s.mode, s.status, s.current_stage, s.is_pending, s.pending,
    s.last_failure, s.version, s.started_at, s.expires_at, s.novel_id, s.source_session_id, s.source_version,
    coalesce(
        (SELECT e.occurred_at FROM genesis_timeline e WHERE e.session_id = s.id AND e.event_type = 'SessionExtended'
         ORDER BY e.version DESC LIMIT 1), s.started_at
    ) AS period_started_at,
    t.phase AS task_phase, t.progress AS task_progress, t.message AS task_message, t.draft_seq AS task_draft_seq"""  # noqa: S608  (constants)

ASKED = """
FROM unnest(%(sessions)s::uuid[], %(users)s::uuid[]) AS asked (session_id, user_id)
JOIN genesis_sessions s ON s.id = asked.session_id AND s.user_id = asked.user_id
LEFT JOIN async_tasks t ON t.id = (s.pending->>'correlation_id')::uuid"""

# `stored` is what lies on disk, compressed: it costs nothing to ask, and says what is certainly too large
SMALL = f"""
SELECT {FACTS},
    (SELECT jsonb_object_agg(r.stage, r.record) FROM genesis_stage_records r
     WHERE r.session_id = s.id AND weight.stored <= %(most)s) AS records,
    CASE WHEN weight.stored <= %(most)s THEN s.confirmed_data END AS confirmed_data,
    t.draft IS NOT NULL AS has_draft, CASE WHEN weight.stored <= %(most)s THEN t.draft END AS task_draft{ASKED}
CROSS JOIN LATERAL (
    SELECT coalesce(sum(pg_column_size(r.record)), 0) + pg_column_size(s.confirmed_data)
        + coalesce(pg_column_size(t.draft), 0) AS stored
    FROM genesis_stage_records r WHERE r.session_id = s.id
) weight
"""  # noqa: S608  (constants)

# Of each stage the newest `lines` proposals and what is pointed at, the newest contents up to `most` bytes, and the
# newest `feedback`. What takes time is each copy of a record, so there are no lateral joins (which may be memoized,
# the record as the key), no aggregate over it (which copies its first row), no sort with contents in it, and no
# `->'proposals'`: a path is followed in place.
_STAGES = """
SELECT jsonb_object_agg(small.stage, small.shown)
FROM (
    SELECT own.stage, jsonb_build_object(
        'status', own.status,
        'shortlist', own.record->'shortlist',
        'confirmed_proposal_id', own.record->'confirmed_proposal_id',
        'locked_paths', own.record->'locked_paths',
        'last_round', own.record->'last_round',
        'incomplete', own.record->'incomplete',
        'all_proposals', own.proposed,
        'all_feedback', own.said,
        'proposals', (
            SELECT jsonb_agg(
                jsonb_build_object(
                    'id', own.record #> ARRAY['proposals', w.n, 'id'],
                    'version', own.record #> ARRAY['proposals', w.n, 'version'],
                    'origin', own.record #> ARRAY['proposals', w.n, 'origin'],
                    'revision_of', own.record #> ARRAY['proposals', w.n, 'revision_of'],
                    'created_at', own.record #> ARRAY['proposals', w.n, 'created_at']
                ) || CASE WHEN w.kept THEN jsonb_build_object(
                    'content', own.record #> ARRAY['proposals', w.n, 'content'],
                    'adjustments', own.record #> ARRAY['proposals', w.n, 'adjustments'],
                    'notes', own.record #> ARRAY['proposals', w.n, 'notes'],
                    'note_codes', own.record #> ARRAY['proposals', w.n, 'note_codes']
                ) ELSE jsonb_build_object(
                    'content', null, 'adjustments', '[]'::jsonb, 'omitted', true, 'content_bytes', w.size,
                    'title', left(coalesce(
                        own.record #>> ARRAY['proposals', w.n, 'content', 'title'],
                        own.record #>> ARRAY['proposals', w.n, 'content', 'working_title']
                    ), 80)
                ) END ORDER BY w.place
            )
            FROM (
                SELECT sized.place, sized.place::text AS n, sized.size,
                    own.proposed - sized.place <= %(lines)s
                        OR own.record->'shortlist' @> sized.id
                        OR own.record->'confirmed_proposal_id' = sized.id AS shown,
                    sized.size <= %(most)s AND sum(sized.size) FILTER (WHERE sized.size <= %(most)s)
                        OVER (ORDER BY sized.place DESC) <= %(most)s AS kept
                FROM (
                    SELECT place, own.record #> ARRAY['proposals', place::text, 'id'] AS id,
                        pg_column_size(own.record #> ARRAY['proposals', place::text, 'content']) AS size
                    FROM generate_series(0, own.proposed - 1) AS place
                ) sized
            ) w
            WHERE w.shown
        ),
        'feedback', (
            SELECT jsonb_agg(own.record #> ARRAY['feedback', place::text] ORDER BY place)
            FROM generate_series(greatest(own.said - %(feedback)s, 0), own.said - 1) AS place
        )
    ) AS shown
    FROM (
        SELECT d.stage, d.status, d.record, jsonb_path_query_first(d.record, '$.proposals.size()')::int AS proposed,
            jsonb_path_query_first(d.record, '$.feedback.size()')::int AS said
        FROM (
            SELECT r.stage, r.status, r.record #> '{}' AS record FROM genesis_stage_records r
            WHERE r.session_id = s.id OFFSET 0
        ) d OFFSET 0
    ) own OFFSET 0
) small"""

LARGE = f"""
SELECT {FACTS},
    c.confirmed #>> '{{STORY_CONCEPTION,working_title}}' AS working_title,
    c.confirmed #>> '{{CONCEPT_SELECTION,title}}' AS concept_title,
    (SELECT jsonb_object_agg(key, CASE WHEN pg_column_size(c.confirmed->key) <= %(most)s THEN c.confirmed->key END)
     FROM jsonb_object_keys(c.confirmed) AS key) AS confirmed_data,
    ({_STAGES}) AS stages,
    t.draft IS NOT NULL AS has_draft, NULL AS task_draft{ASKED}
CROSS JOIN LATERAL (SELECT s.confirmed_data #> '{{}}' AS confirmed OFFSET 0) c
"""  # noqa: S608

# A path with a filter hands out the one proposal and copies no other
PROPOSAL = """
SELECT found.proposal
FROM (
    SELECT jsonb_path_query_first(
        r.record, '$.proposals[*] ? (@.id == $id)', jsonb_build_object('id', %(proposal_id)s::text)
    ) AS proposal
    FROM genesis_sessions s JOIN genesis_stage_records r ON r.session_id = s.id
    WHERE s.id = %(session_id)s AND s.user_id = %(user_id)s OFFSET 0
) found
WHERE found.proposal IS NOT NULL
"""

_STAGE_OF = """
FROM (
    SELECT s.id, s.version, r.status, r.record #> '{}' AS record
    FROM genesis_sessions s LEFT JOIN genesis_stage_records r ON r.session_id = s.id AND r.stage = %(stage)s
    WHERE s.id = %(session_id)s AND s.user_id = %(user_id)s OFFSET 0
) d"""

STAGE = f"""
SELECT d.id AS session_id, d.version, coalesce(d.status, 'empty') AS status, d.record->'locked_paths' AS locked_paths,
    d.record->'shortlist' AS shortlist, d.record->>'confirmed_proposal_id' AS confirmed_proposal_id,
    d.record->'confirmed' AS confirmed{_STAGE_OF}
"""

PROPOSALS = f"""
SELECT (
    SELECT jsonb_agg(
        (d.record #> ARRAY['proposals', w.n]) - 'stage' - 'content' || jsonb_build_object(
            'content', CASE WHEN w.kept THEN d.record #> ARRAY['proposals', w.n, 'content'] END,
            'content_bytes', w.size, 'place', w.place, 'title', left(coalesce(
                d.record #>> ARRAY['proposals', w.n, 'content', 'title'],
                d.record #>> ARRAY['proposals', w.n, 'content', 'working_title']
            ), 80)
        ) ORDER BY w.place DESC
    )
    FROM (
        SELECT sized.place, sized.place::text AS n, sized.size,
            sized.size <= %(most)s AND sum(sized.size) FILTER (WHERE sized.size <= %(most)s)
                OVER (ORDER BY sized.place DESC) <= %(most)s AS kept
        FROM (
            SELECT place, pg_column_size(d.record #> ARRAY['proposals', place::text, 'content']) AS size
            FROM generate_series(0, jsonb_path_query_first(d.record, '$.proposals.size()')::int - 1) AS place
            WHERE %(before)s::int IS NULL OR place < %(before)s
            ORDER BY place DESC LIMIT %(limit)s
        ) sized
    ) w
) AS proposals{_STAGE_OF}
"""  # noqa: S608

FEEDBACK = """
SELECT said.item, said.place
FROM genesis_sessions s
LEFT JOIN LATERAL (
    SELECT item.value AS item, item.ordinality - 1 AS place
    FROM genesis_stage_records r, jsonb_array_elements(r.record->'feedback') WITH ORDINALITY AS item
    WHERE r.session_id = s.id AND r.stage = %(stage)s
        AND (%(proposal_id)s::text IS NULL OR item.value->>'proposal_id' = %(proposal_id)s)
        AND (%(before)s::int IS NULL OR item.ordinality - 1 < %(before)s)
    ORDER BY item.ordinality DESC LIMIT %(limit)s
) said ON true
WHERE s.id = %(session_id)s AND s.user_id = %(user_id)s
"""
