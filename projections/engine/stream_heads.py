"""Tells how far the read side is: a stream's version, whether a projection has passed a place in the log or is built.

Of the log only places are asked for, and whose a stream is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

# ONLY: the archive never holds the last event of a stream, and so not the log's
_END = """(SELECT e.tx_id, e.id FROM ONLY domain_events AS e ORDER BY e.tx_id DESC, e.id DESC LIMIT 1)"""

_LOOK = f"""
SELECT (SELECT h.stream_version FROM stream_heads AS h WHERE h.projection = %(projection)s AND h.version = %(version)s
            AND h.stream_id = %(stream_id)s AND h.owner = %(owner)s),
    (SELECT (c.tx_id, c.position) >= (coalesce(%(tx)s::text::xid8, log_end.tx_id), coalesce(%(position)s, log_end.id))
        FROM projection_checkpoints AS c WHERE c.projection = %(projection)s AND c.version = %(version)s),
    log_end.tx_id::text, log_end.id
FROM (SELECT) AS once LEFT JOIN {_END} AS log_end ON true
"""  # noqa: S608  (constants)

_OWNER = """
SELECT h.owner FROM stream_heads AS h
WHERE h.projection = %(projection)s AND h.version = %(version)s AND h.stream_id = %(stream_id)s
"""

# whose it is says its first event: of what could not be applied from its beginning on there is no head
_STANDS_STILL = """
SELECT 1 FROM projection_parked AS p
WHERE p.projection = %(projection)s AND p.version = %(version)s AND p.aggregate_id = %(stream_id)s::text
    AND EXISTS (SELECT 1 FROM domain_events AS e WHERE e.aggregate_id = %(stream_id)s::text
        AND e.aggregate_version = 1 AND e.payload ->> 'user_id' = %(owner)s::text)
"""

_BUILT = """
SELECT p.name FROM unnest(%(names)s::text[], %(versions)s::int[]) AS p (name, version)
JOIN projection_checkpoints AS c ON c.projection = p.name AND c.version = p.version AND c.built_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log, in commit order."""

    tx_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Look:
    """version: of the stream in the read tables, None when there is no such stream of that owner's.

    passed: whether the projection has read everything up to the place that was asked about, or up to the log's end.
    end: the log's end at this moment, None for an empty log.
    """

    version: int | None
    passed: bool
    end: Place | None


class StreamHeads:
    """The versions of this build's projections are given by name, so that readers do not have to know them."""

    def __init__(self, pool: AsyncConnectionPool, versions: Mapping[str, int]) -> None:
        self._pool = pool
        self._versions = versions
        self._built: set[str] = set()

    async def look(
        self, projection: str, stream_id: UUID | None, owner: UUID | None, place: Place | None = None
    ) -> Look:
        """One snapshot of the stream's version and the projection's place."""
        parameters = {
            "projection": projection,
            "version": self._versions[projection],
            "stream_id": stream_id,
            "owner": owner,
            "tx": str(place.tx_id) if place else None,
            "position": place.position if place else None,
        }
        ((version, passed, tx_id, position),) = await self._rows(_LOOK, parameters)
        end = None if tx_id is None else Place(int(tx_id), position)
        return Look(version, end is None or bool(passed), end)

    async def version_of(self, projection: str, stream_id: UUID, owner: UUID) -> int | None:
        """How far this stream of `owner` has come; None when there is no such stream of theirs."""
        return (await self.look(projection, stream_id, owner)).version

    async def stands_still(self, projection: str, stream_id: UUID, owner: UUID) -> bool:
        """Whether this stream of `owner` is parked: one of its events could not be applied."""
        named = {"projection": projection, "version": self._versions[projection]}
        return bool(await self._rows(_STANDS_STILL, named | {"stream_id": stream_id, "owner": owner}))

    async def owner_of(self, projection: str, stream_id: UUID) -> UUID | None:
        """Whose this stream is; None when the projection knows no such stream yet, or nobody's name."""
        parameters = {"projection": projection, "version": self._versions[projection], "stream_id": stream_id}
        rows = await self._rows(_OWNER, parameters)
        return rows[0][0] if rows else None

    async def building(self, *projections: str) -> tuple[str, ...]:
        """Those whose version is still being built for the first time, and must not be read yet."""
        asked = [name for name in projections if name not in self._built]
        if asked:
            parameters = {"names": asked, "versions": [self._versions[name] for name in asked]}
            self._built.update(row[0] for row in await self._rows(_BUILT, parameters))
        return tuple(name for name in asked if name not in self._built)

    async def _rows(self, query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(query.encode(), parameters)).fetchall()
