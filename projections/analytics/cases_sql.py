# ruff: noqa: S608  (put together from constants; what is asked for travels as parameters)
"""The SQL of the cases that figures were counted from: one question for each kind, with the same conditions.

Parameters besides those of the figures: after (a position; None: the newest), limit, and what narrows the cases, each
None where it does not: stage, outcome, code, cause, kind, model, prompt_version, rounds; unpriced.
"""

from projections.analytics.figures_sql import ACCEPTED, SESSIONS, microseconds, within
from projections.analytics.views import CaseKind


def _is(column: str, parameter: str, kind: str = "text") -> str:
    return f"(%({parameter})s::{kind} IS NULL OR {column} = %({parameter})s::{kind})"


_STAGE = "public.genesis_stage"
_PAGE = """
) c WHERE (%(after)s::bigint IS NULL OR c.position < %(after)s::bigint) ORDER BY c.position DESC LIMIT %(limit)s
"""


def _question(select: str) -> str:
    return f"WITH {SESSIONS} SELECT * FROM ({select}{_PAGE}"


CASES: dict[CaseKind, str] = {
    "sessions": _question(f"""
        SELECT s.position, s.event_id, s.session_id, s.current_stage AS stage, s.started_at AS occurred_at,
            s.status::text AS outcome
        FROM s WHERE {within("s.started_at")} AND {_is("s.current_stage", "stage", _STAGE)}
            AND (%(outcome)s::text IS NULL OR CASE WHEN s.status IN ('IN_PROGRESS', 'PAUSED') THEN 'OPEN'
                ELSE s.status::text END = %(outcome)s::text)
    """),
    "stages": _question(f"""
        SELECT st.reached_position AS position, st.reached_event_id AS event_id, st.session_id, st.stage,
            st.reached_at AS occurred_at, s.status::text AS outcome, st.rounds, st.accepted_at IS NOT NULL AS accepted
        FROM analytics_stages st JOIN s USING (session_id)
        WHERE {within("s.started_at")} AND {_is("st.stage", "stage", _STAGE)}
            AND CASE %(outcome)s::text WHEN 'proposed' THEN st.first_proposed_at IS NOT NULL
                WHEN 'accepted' THEN st.accepted_at IS NOT NULL ELSE true END
    """),
    "first_proposals": _question(f"""
        SELECT st.proposed_position AS position, st.proposed_event_id AS event_id, st.session_id, st.stage,
            st.first_proposed_at AS occurred_at,
            {microseconds("st.first_requested_at", "st.first_proposed_at")} AS first_proposal
        FROM analytics_stages st JOIN s USING (session_id)
        WHERE {within("st.first_proposed_at")} AND {_is("st.stage", "stage", _STAGE)}
    """),
    "acceptances": _question(f"""
        SELECT st.accepted_position AS position, st.accepted_event_id AS event_id, st.session_id, st.stage,
            st.accepted_at AS occurred_at, st.rounds_to_acceptance AS rounds,
            {microseconds("st.first_requested_at", "st.accepted_at")} AS confirmation,
            t.proposed_characters, t.confirmed_characters, t.confirmed_words, t.distance, st.edits_after
        FROM analytics_stages st JOIN s USING (session_id) JOIN analytics_texts t USING (session_id, stage)
        WHERE {within("st.accepted_at")} AND {_is("st.stage", "stage", _STAGE)}
            AND {_is("st.rounds_to_acceptance", "rounds", "integer")}
    """),
    "generations": _question(f"""
        SELECT g.position, g.event_id, g.session_id, g.stage, g.ended_at AS occurred_at, g.outcome, g.code, g.model,
            g.prompt_version, g.attempts, g.cost_nano_usd, {ACCEPTED} AS accepted
        FROM analytics_generations g JOIN s USING (session_id)
        WHERE {within("g.ended_at")} AND {_is("g.stage", "stage", _STAGE)} AND {_is("g.code", "code")}
            AND {_is("g.model", "model")} AND {_is("g.prompt_version", "prompt_version")}
            AND (%(cause)s::text IS NULL OR g.causes ? %(cause)s::text)
            AND (NOT %(unpriced)s::boolean OR g.cost_nano_usd IS NULL)
            AND (%(outcome)s::text IS NULL OR g.outcome = %(outcome)s::text
                OR (%(outcome)s::text = 'accepted' AND {ACCEPTED}))
    """),
    "responses": _question(f"""
        SELECT r.position, r.event_id, r.session_id, r.stage, r.occurred_at, r.kind
        FROM analytics_responses r JOIN s USING (session_id)
        WHERE {within("r.occurred_at")} AND {_is("r.stage", "stage", _STAGE)} AND {_is("r.kind", "kind")}
    """),
}
