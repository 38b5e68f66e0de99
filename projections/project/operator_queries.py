"""What an operator asks of the read tables of projects: those of everybody. Never the text."""

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from projections.project.queries import PROJECT_COLUMNS, project_line
from projections.project.views import ProjectItem

_NEWEST = f"""
SELECT u.name AS owner, {PROJECT_COLUMNS}
FROM projects p LEFT JOIN users u ON u.id = p.user_id
WHERE %(owner)s::text IS NULL OR u.name_key = %(owner)s
ORDER BY p.last_event_at DESC, p.id DESC LIMIT %(limit)s
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class OwnedProject:
    """A line of the list, and whose it is; "" when nobody of that id has an account here any more."""

    item: ProjectItem
    owner: str


async def newest_projects(
    connection: AsyncConnection[Any], owner: str | None = None, limit: int = 50
) -> tuple[OwnedProject, ...]:
    """The last changed first; of one person, by `name_key`, if one is given."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_NEWEST.encode(), {"owner": owner, "limit": limit})
        rows = await cursor.fetchall()
    return tuple(OwnedProject(owner=row.pop("owner") or "", item=project_line(row)) for row in rows)
