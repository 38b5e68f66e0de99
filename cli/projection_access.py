"""Finds projections by name for a command, opens the database, and explains what can go wrong with them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from psycopg import AsyncConnection

from infrastructure.embedded.runtime import connected
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import connection_options
from infrastructure.read_side import old_versions
from infrastructure.read_side.rebuild import NewerVersion, NothingKept
from infrastructure.read_side.rebuild_plan import Overtaken
from infrastructure.read_side.rebuild_turn import RebuildRunning
from infrastructure.read_side.schemas import ensure
from infrastructure.read_side.shadow_fill import WorkerFailed
from infrastructure.read_side.table_switch import KeptTablesDiffer, SwitchFailed
from infrastructure.settings import Settings
from projections.engine.projection import Projection
from projections.registry import BY_NAME, PROJECTIONS

Result = TypeVar("Result")

_REMEDIES: dict[type[Exception], str] = {
    RebuildRunning: "Wait for it to end, or end that process: what it has done is kept.",
    old_versions.InUse: "`genesis projections status` shows every version.",
    old_versions.NoSuchVersion: "`genesis projections status` shows those that there are.",
    NewerVersion: "Use the newer build's `genesis` for that.",
    KeptTablesDiffer: "`genesis projections rebuild` makes tables of this build's shape.",
    WorkerFailed: "What was done is kept: the same command goes on. With fewer `--workers`, if memory was short.",
    Overtaken: "Wait for it to end.",
    SwitchFailed: "The rebuilt tables are kept: the same command goes on with them.",
    NothingKept: "",
}


def named(name: str) -> Projection:
    """Raises OperatorError when there is none of this name."""
    if name not in BY_NAME:
        raise OperatorError(f"There is no projection “{name}”.", f"There are: {', '.join(BY_NAME)}.")
    return BY_NAME[name]


def chosen(names: Sequence[str] | None, *, all_of_them: bool) -> list[Projection]:
    """Those that were named, each once, or all. Raises OperatorError when neither or both were asked for."""
    if all_of_them == bool(names):
        what = "Both names and --all were given." if names else "No projection was named."
        raise OperatorError(what, f"Name some of {', '.join(BY_NAME)}, or give --all.", code=2)
    return list(PROJECTIONS) if all_of_them else [named(name) for name in dict.fromkeys(names or ())]


def url_of(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


def with_connection(work: Callable[[AsyncConnection[Any]], Awaitable[Result]]) -> Result:
    with connected(Settings()) as settings:
        return asyncio.run(on_connection(url_of(settings), work))


async def on_connection(url: str, work: Callable[[AsyncConnection[Any]], Awaitable[Result]]) -> Result:
    async with await AsyncConnection.connect(url, **connection_options(url, "genesis-cli")) as connection:
        await ensure(connection)
        return await work(connection)


@contextmanager
def explained() -> Iterator[None]:
    """What a projection refuses, as a sentence with its remedy."""
    try:
        yield
    except tuple(_REMEDIES) as error:
        raise OperatorError(str(error), _REMEDIES[type(error)]) from error
