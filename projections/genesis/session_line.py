"""One line of a list of sessions: what is selected for it, and what is shown of that."""

from collections.abc import Mapping
from typing import Any

from projections.genesis.session_view import shown_title
from projections.genesis.views import SessionItem

TITLES = """
    s.confirmed_data->'STORY_CONCEPTION'->>'working_title' AS working_title,
    s.confirmed_data->'CONCEPT_SELECTION'->>'title' AS concept_title"""

SESSION_COLUMNS = f"""s.id, s.title, s.seed, s.mode, s.status, s.genre, s.language, s.current_stage, s.is_pending,
    s.version, s.started_at, s.last_event_at, s.expires_at, s.novel_id, s.source_session_id, s.source_version,{TITLES},
    (SELECT count(*) FROM jsonb_object_keys(s.confirmed_data)) AS confirmed_stages,
    EXISTS (SELECT FROM archived_sessions a WHERE a.session_id = s.id AND a.events > 0) AS archived,
    o.title AS origin_title, o.confirmed_data->'STORY_CONCEPTION'->>'working_title' AS origin_working_title,
    o.confirmed_data->'CONCEPT_SELECTION'->>'title' AS origin_concept_title, o.seed AS origin_seed"""  # noqa: S608
SESSION_TABLES = """
FROM genesis_sessions s LEFT JOIN genesis_sessions o ON o.id = s.source_session_id AND o.user_id = s.user_id"""


def session_line(row: Mapping[str, Any]) -> SessionItem:
    data = dict(row)
    parts = ("title", "working_title", "concept_title", "seed")
    title = shown_title(*(data.pop(part) for part in parts))
    origin = [data.pop(f"origin_{part}") for part in parts]
    # of an original that is not in the list there is no title, which is not an empty one
    source_title = None if origin[0] is None else shown_title(*origin)
    return SessionItem(session_id=data.pop("id"), title=title, source_title=source_title, **data)
