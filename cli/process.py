"""One long-lived process of the studio: `python -m cli.process NAME` (what `genesis process NAME` runs)."""

import asyncio
import importlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.operator_error import OperatorError

if TYPE_CHECKING:
    from infrastructure.settings import Settings

MODULES = {
    "api": "api.server",
    "background": "infrastructure.processes.background",
    "relay": "infrastructure.processes.relay",
    "projector": "infrastructure.processes.projector",
    "sweeper": "infrastructure.processes.sweeper",
    "callbacks": "flows.callbacks.service",
    "worker": "flows.execution.executor",
}
"""Name -> module with `async def run(settings, stop)`."""

SUPERVISED = "GENESIS_SUPERVISED"
"""Set by the supervisor, which then holds the other end of stdin: one line means "go", its end means "stop"."""

GO = b"go\n"

_BEAT_SECONDS = 5.0
_ALIVE_SECONDS = 30.0


def main(name: str) -> int:
    """Run process `name` until SIGTERM or SIGINT. Returns the exit code; raises OperatorError."""
    if name not in MODULES:
        print(f"There is no process called {name}. There are: {', '.join(MODULES)}.", file=sys.stderr)  # noqa: T201
        return 2
    import uvloop  # noqa: PLC0415  (a wrong name should answer at once)

    from infrastructure.concurrency import garbage  # noqa: PLC0415

    with garbage.no_cycle_collection():  # what is imported stays: looking through it takes a sixth of the start
        from infrastructure.identity.listen_guard import secure  # noqa: PLC0415
        from infrastructure.loopback import bypass_proxies  # noqa: PLC0415
        from infrastructure.observability import tracing  # noqa: PLC0415
        from infrastructure.observability.logging import configure  # noqa: PLC0415
        from infrastructure.settings import Settings  # noqa: PLC0415

        bypass_proxies()
        settings = Settings()
        if settings.database_url is None:
            raise OperatorError(
                f"The process {name} has no database.",
                "Set GENESIS_DATABASE_URL (docs/operations.md), or start everything with `genesis run`.",
            )
        configure(name, settings.log_level)
        run: Callable[[Settings, asyncio.Event], Awaitable[None]] = importlib.import_module(MODULES[name]).run
        configure(name, settings.log_level)
    garbage.settle()
    supervised = os.environ.get(SUPERVISED) == "1"
    if supervised and not _gate_opens():
        return 0
    tracing.start(name, settings)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            if name == "api" and settings.database_url is not None:
                runner.run(secure(settings, settings.database_url.get_secret_value()))
            return runner.run(_until_stopped(name, run, settings, supervised))
    finally:
        tracing.stop()


def alive(name: str) -> int:
    """0 if process `name` of this data folder has turned its event loop lately and all its background tasks run."""
    from infrastructure.settings import Settings  # noqa: PLC0415

    path = _beat_path(Settings(), name)
    try:
        age, down = time.time() - path.stat().st_mtime, path.read_text()
    except OSError:
        return 1
    if down:
        print(f"Failed, and started again: {down}. Its log says more.", file=sys.stderr)  # noqa: T201
    return 0 if age < _ALIVE_SECONDS and not down else 1


def _beat_path(settings: "Settings", name: str) -> Path:
    return settings.home / "run" / f"{name}.alive"


async def _beat(path: Path) -> None:
    """As long as the event loop turns, write down which background tasks have failed: none, if all is well."""
    from infrastructure.concurrency.supervised import all_down  # noqa: PLC0415

    while True:
        with suppress(OSError):  # a full disk, say: the next beat tries again
            _write(path, ", ".join(all_down()))
        await asyncio.sleep(_BEAT_SECONDS)


async def _tidy() -> None:
    from infrastructure.concurrency import garbage  # noqa: PLC0415

    while True:
        await asyncio.sleep(garbage.FULL_SECONDS)
        garbage.settle()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _gate_opens() -> bool:
    """Wait for the supervisor's word, with the imports already done. False: the supervisor is gone."""
    return os.read(sys.stdin.fileno(), len(GO)) == GO


async def _until_stopped(
    name: str, run: "Callable[[Settings, asyncio.Event], Awaitable[None]]", settings: "Settings", supervised: bool
) -> int:
    import structlog  # noqa: PLC0415

    from infrastructure.bootstrap import NotConfigured  # noqa: PLC0415

    log = structlog.get_logger(__name__)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if supervised:
        loop.add_reader(sys.stdin.fileno(), _on_lifeline, loop, stop)
    beating = asyncio.create_task(_beat(_beat_path(settings, name)))
    tidying = asyncio.create_task(_tidy())
    log.info("started", pid=os.getpid())
    try:
        await run(settings, stop)
    except OperatorError as problem:
        log.error("cannot_start", reason=problem.message)
        raise
    except NotConfigured as missing:
        log.error("cannot_start", reason=str(missing))
        raise OperatorError(str(missing), "docs/operations.md names every setting.") from missing
    except Exception:
        log.exception("died")
        return 1
    finally:
        beating.cancel()
        tidying.cancel()
        with suppress(ValueError, OSError):
            loop.remove_reader(sys.stdin.fileno())
    log.info("stopped", asked=stop.is_set())
    return 0


def _on_lifeline(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """The supervisor never writes again, so readable means that it is gone, however it went."""
    if not os.read(sys.stdin.fileno(), 16):
        loop.remove_reader(sys.stdin.fileno())
        stop.set()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
    except OperatorError as problem:
        print(problem.message, problem.remedy, sep="\n", file=sys.stderr)  # noqa: T201
        sys.exit(problem.code)
