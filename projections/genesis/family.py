"""Finds a session's family: what it came from, and all that branched from any of these, of one person. Plain SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from projections.genesis.session_line import SESSION_COLUMNS, SESSION_TABLES, session_line
from projections.genesis.views import SessionFamily

MOST = 200
"""Sessions of a family that are shown."""

QUERY = f"""
WITH RECURSIVE up AS (
    SELECT id, source_session_id, 0 AS steps
    FROM genesis_sessions WHERE id = %(session_id)s AND user_id = %(user_id)s
    UNION ALL
    SELECT g.id, g.source_session_id, up.steps + 1
    FROM genesis_sessions g JOIN up ON g.id = up.source_session_id AND g.user_id = %(user_id)s
), family AS (
    SELECT id, steps FROM up
    UNION ALL
    SELECT g.id, family.steps + 1 FROM genesis_sessions g JOIN family ON g.source_session_id = family.id
    WHERE g.user_id = %(user_id)s AND NOT EXISTS (SELECT FROM up WHERE up.id = g.id)
), nearest AS (
    SELECT id, count(*) OVER () AS members FROM family ORDER BY steps, id LIMIT %(most)s
)
SELECT nearest.members, {SESSION_COLUMNS}{SESSION_TABLES} JOIN nearest ON nearest.id = s.id
ORDER BY s.started_at, s.id
"""  # noqa: S608  (constants)


def session_family(rows: Sequence[Mapping[str, Any]]) -> SessionFamily | None:
    """None: there is no such session, or it is somebody else's."""
    if not rows:
        return None
    items = tuple(session_line({name: row[name] for name in row if name != "members"}) for row in rows)
    return SessionFamily(items=items, more=rows[0]["members"] - len(items))
