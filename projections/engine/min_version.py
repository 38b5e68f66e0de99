"""Read-your-writes: waits until the read side has reached a version, woken by changes, polling as the safety net."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from projections.engine.changes import Changes, FeedOverflow
from projections.genesis.queries import Queries

PATIENCE = 5.0
"""Seconds that a reader waits at most."""

_POLL = 0.1


class ProjectionLagging(Exception):
    """The read side has not reached the version in time."""


async def wait_for_version(
    queries: Queries,
    changes: Changes,
    session_id: UUID,
    user_id: UUID,
    min_version: int,
    *,
    patience: float = PATIENCE,
) -> None:
    """Returns when the session's read tables are at `min_version` or later.

    A session that the read side has never heard of is waited for: who names a version has seen a commit. Somebody
    else's is waited for just so: how long it takes must not tell the two apart. Raises ProjectionLagging.
    """

    async def reached() -> bool:
        version = await queries.version_of(session_id, user_id)
        return version is not None and version >= min_version

    if min_version > 0:
        await _wait(reached, changes, user_id, patience)


async def wait_for_novel(
    queries: Queries, changes: Changes, novel_id: UUID, user_id: UUID, min_version: int, *, patience: float = PATIENCE
) -> None:
    """Returns when the novel can be read at `min_version` or later. Raises ProjectionLagging."""

    async def reached() -> bool:
        novel = await queries.novel(novel_id, user_id)
        return novel is not None and novel.version >= min_version

    if min_version > 0:
        await _wait(reached, changes, user_id, patience)


async def _wait(reached: Callable[[], Awaitable[bool]], changes: Changes, user_id: UUID, patience: float) -> None:
    if await reached():
        return
    deadline = asyncio.get_running_loop().time() + patience
    async with changes.subscribe(user_id=user_id) as subscription:
        while not await reached():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                raise ProjectionLagging
            try:
                await subscription.next(min(_POLL, left))
            except FeedOverflow:
                await asyncio.sleep(min(_POLL, left))
