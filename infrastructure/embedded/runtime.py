"""Keeps one studio per data folder: its lock, its runtime.json, and `connected`, by which commands find its servers."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from pydantic import SecretStr

from infrastructure.embedded import children
from infrastructure.embedded.places import postgres_account, postgres_data
from infrastructure.embedded.postgres import CARRIED, NEWEST, Postgres, major_of, set_aside
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

_STOPS_WITHIN = 10.0
_COMMAND_WAITS = 30.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """What is running for a data folder. `pids` maps a child's name to its pid and start time (pids are reused)."""

    pid: int
    base_url: str
    database_url: str
    redis_url: str
    prefect_api_url: str
    pids: Mapping[str, tuple[int, float]] = field(default_factory=dict)

    @classmethod
    def read(cls, home: Path) -> "Runtime | None":
        try:
            return cls(**json.loads((home / "runtime.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    @classmethod
    def running(cls, home: Path) -> "Runtime | None":
        """What runs there now. A killed studio leaves its file behind, but not its lock."""
        found = cls.read(home)
        lock = HomeLock(home)
        if found is None or not lock.take():
            return found
        lock.release()
        return None

    def write(self, home: Path) -> None:
        """Replace the file in one step; only the owner may read it, for it names the way to the database."""
        path = home / "runtime.json"
        fresh = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(self), stream)
        fresh.replace(path)


def open_home(settings: Settings) -> Path:
    """The data folder, made if it is not there yet. Raises OperatorError if it cannot be used."""
    home = settings.home.expanduser().absolute()
    try:
        for folder in (home, home / "logs", home / "run"):
            folder.mkdir(mode=0o711 if folder == home else 0o700, parents=True, exist_ok=True)
        probe = home / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OperatorError(
            f"The data folder {home} cannot be used: {error.strerror}.",
            "Set GENESIS_HOME to a folder that you may write to.",
        ) from error
    return home


class HomeLock:
    """Held by the one studio, or the one command, that may start servers on a data folder. SIGKILL frees it too."""

    def __init__(self, home: Path) -> None:
        self._path = home / "studio.lock"
        self._descriptor: int | None = None

    def take(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def end_leftovers(home: Path) -> list[str]:
    """End what a killed studio left running, before another starts on the same data. Call with the lock held."""
    found = Runtime.read(home)
    left: dict[str, psutil.Process] = {}
    for name, (pid, started) in (found.pids if found else {}).items():
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - started) < 1.0 and process.status() != psutil.STATUS_ZOMBIE:
                left[name] = process
    for name, process in left.items():
        with suppress(psutil.Error):
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(list(left.values()), timeout=_STOPS_WITHIN)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=2)
    (home / "runtime.json").unlink(missing_ok=True)
    return sorted(left)


@contextmanager
def connected(settings: Settings) -> Iterator[Settings]:
    """Settings whose database, Redis and Prefect are those of the studio that runs on this data folder.

    Without one, the embedded PostgreSQL is started for the duration (its schema as it was left); Redis and Prefect
    then stay None. Addresses that the environment gives are kept. Call it from the main thread. Raises OperatorError.
    """
    if settings.database_url is not None:
        yield settings
        return
    home = open_home(settings)
    lock = HomeLock(home)
    deadline = time.monotonic() + _COMMAND_WAITS
    while not lock.take():
        if (running := Runtime.read(home)) is not None and running.database_url:
            yield _with_addresses(settings, running)
            return
        if time.monotonic() > deadline:
            raise OperatorError(
                f"Another command is at work on {home} and does not come to an end.",
                "Wait for it, or look for a `genesis` process with `ps`.",
            )
        time.sleep(0.1)
    with _served(home, lock, settings) as served:
        yield served


@contextmanager
def alone(settings: Settings, *, anew: bool = False) -> Iterator[Settings]:
    """The same on a data folder that nobody else may use meanwhile. Raises OperatorError while a studio runs there.

    `anew`: data of an older PostgreSQL that cannot be started any more is set aside, and a new cluster made.
    """
    home = open_home(settings)
    lock = HomeLock(home)
    if not lock.take():
        raise OperatorError(f"The studio, or another command, is at work on {home}.", "Stop it, and try again.")
    if anew:
        data = postgres_data(home, postgres_account())
        if (major := major_of(data)) is not None and major < NEWEST and major not in CARRIED:
            set_aside(data)
    with _served(home, lock, settings) as served:
        yield served


@contextmanager
def _served(home: Path, lock: HomeLock, settings: Settings) -> Iterator[Settings]:
    try:
        end_leftovers(home)
        server = Postgres.of(home)
        process = server.start(home / "logs" / "postgres.log")
        try:
            yield settings.model_copy(update={"home": home, "database_url": SecretStr(server.url())})
        finally:
            children.stop(process, signal.SIGINT, _STOPS_WITHIN)
    finally:
        lock.release()


def _with_addresses(settings: Settings, running: Runtime) -> Settings:
    found = {
        "database_url": SecretStr(running.database_url),
        "redis_url": settings.redis_url or (SecretStr(running.redis_url) if running.redis_url else None),
        "prefect_api_url": settings.prefect_api_url or running.prefect_api_url or None,
    }
    return settings.model_copy(update=found)
