"""`genesis run`: the whole studio on one machine, started by readiness, kept running, stopped in order."""

import asyncio
import importlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg.errors import UndefinedTable
from rich.console import Console
from rich.markup import escape

from cli import machine, upkeep
from cli.database import upgrade_schema
from cli.printing import as_called
from cli.process import GO, SUPERVISED
from cli.token import new_login
from infrastructure.embedded import children
from infrastructure.embedded.children import Command
from infrastructure.embedded.postgres import Postgres
from infrastructure.embedded.redis import EmbeddedRedis
from infrastructure.embedded.runtime import HomeLock, Runtime, end_leftovers, open_home
from infrastructure.embedded.supervisor import Child, Supervisor
from infrastructure.identity.listen_guard import secure
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from migrations.head import head

# What depends on others ends before them: first who works for the writer, then who carries it on, then who stores it.
STOP_ORDER = (("api", "callbacks", "worker"), ("background", "prefect"), ("redis", "postgres"))
_STOPS_WITHIN = 8.5
_PAGE_WITHIN = 60.0
_WORKFLOW_WITHIN = 120.0
_RUNNING_SAYS_SO_WITHIN = 30.0
_POLL = 0.5


def main() -> int:
    """Run until SIGINT, SIGTERM or SIGHUP. Returns the exit code; raises OperatorError."""
    settings = Settings()
    home = open_home(settings)
    console = Console(stderr=False, highlight=False, soft_wrap=True)
    lock = HomeLock(home)
    if not lock.take():
        if asyncio.run(_already_running(home, settings, console)):
            return 0
        if not lock.take():
            raise OperatorError(f"The data folder {home} is in use.", "Wait a moment and try again.")
    try:
        if left := end_leftovers(home):
            console.print(f"[dim]Ended what an earlier run had left behind: {', '.join(left)}.[/]")
        if settings.database_url is None:
            upkeep.bring_forward(home, console)
        return asyncio.run(_Studio(settings, home, console).live())
    finally:
        lock.release()


async def _already_running(home: Path, settings: Settings, console: Console) -> bool:
    """Say where the running studio is. False: it was only a passing command that held the lock."""
    deadline = time.monotonic() + _RUNNING_SAYS_SO_WITHIN
    while time.monotonic() < deadline:
        running = Runtime.read(home)
        if running is not None and running.database_url:
            login = f"{running.base_url}/login?token={await new_login(running.database_url)}"
            console.print(f"The studio is running already: [bold]{running.base_url}[/]")
            _show_login(console, login, settings)
            return True
        lock = HomeLock(home)
        if lock.take():
            lock.release()
            return False
        await asyncio.sleep(0.1)
    return False


def _show_login(console: Console, login: str, settings: Settings) -> None:
    console.print(f"\n  [bold green]{login}[/]\n", markup=True)
    another = as_called("A new one: `genesis login`.")
    console.print(f"  [dim]This address signs you in once, within a quarter of an hour. {escape(another)}[/]\n")
    if settings.open_browser:
        machine.open_in_browser(login)


class _Studio:
    def __init__(self, settings: Settings, home: Path, console: Console) -> None:
        self._settings = settings
        self._home = home
        self._console = console
        self._begin = time.monotonic()
        self._supervisor = Supervisor(home / "logs", self._ended, self._write_runtime)
        self._base_url = ""
        self._database_url = settings.database_url.get_secret_value() if settings.database_url else ""
        self._redis_url = settings.redis_url.get_secret_value() if settings.redis_url else ""
        self._prefect_api_url = settings.prefect_api_url or ""
        self._usable = False
        self._background: set[asyncio.Task[object]] = set()

    async def live(self) -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_signal() -> None:
            if stop.is_set():
                self._supervisor.kill()
                os._exit(130)
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, on_signal)
        tasks = [asyncio.create_task(work) for work in (self._start(), self._supervisor.watch(), _watch_make(stop))]
        waiting = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([tasks[0], waiting], return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done() and (error := tasks[0].exception()) is not None:
                raise error
            await waiting
        finally:
            for task in (*tasks, waiting):
                task.cancel()
            await self._stop()
        return 0

    async def _start(self) -> None:
        self._console.print(f"[bold]Genesis Studio[/] [dim]· data in {self._home}[/]")
        port = machine.free_port(self._settings.host, self._settings.port)
        if self._settings.port not in {0, port}:
            self._console.print(f"  [yellow]Port {self._settings.port} is taken; using {port}.[/]")
        self._base_url = machine.base_url(self._settings.host, port)
        postgres = Postgres.of(self._home) if not self._database_url else None
        redis = EmbeddedRedis.of(self._home, self._settings.embedded_redis) if not self._redis_url else None
        database_url = postgres.url() if postgres else self._database_url
        self._redis_url = redis.url if redis else self._redis_url
        if not self._prefect_api_url:
            self._prefect_api_url = f"http://127.0.0.1:{machine.free_port('127.0.0.1', 0)}/api"
        environment = self._environment(database_url, port)

        # The API loads its modules while the servers come up, and waits at its gate for a database with a schema.
        api = self._process("api", environment, wait=True)
        if redis is not None:
            await self._step("Redis", lambda: self._until(redis.is_ready, self._supervisor.start(redis.command()), 10))
        elif not self._redis_url:
            self._console.print("  [dim]· No Redis here: PostgreSQL carries what processes tell each other.[/]")
        if postgres is not None:
            if postgres.is_new():  # Alembic will be needed, and takes as long to load as PostgreSQL to begin
                loading = asyncio.create_task(asyncio.to_thread(importlib.import_module, "migrations.run"))
                self._background.add(loading)
            await self._step("PostgreSQL", lambda: self._start_postgres(postgres))
        await self._step("Database schema", lambda: self._migrate(database_url))
        await secure(self._settings, database_url)
        self._database_url = database_url
        login = f"{self._base_url}/login?token={await new_login(database_url)}"
        self._supervisor.release(api)
        await self._step("Page", lambda: self._until_answers(f"{self._base_url}/live", api, _PAGE_WITHIN))
        self._usable = True
        self._write_runtime()
        self._console.print(f"  [dim]usable {time.monotonic() - self._begin:.1f} s after the start[/]")
        _show_login(self._console, login, self._settings)

        self._process("background", environment)
        await self._step("Workflows", lambda: self._start_workflows(environment))
        self._console.print("  [dim]Everything runs. Ctrl+C stops it.[/]")
        if postgres is not None and self._settings.backups == "daily":
            backups = upkeep.back_up_daily(self._settings.backups_in, self._home, environment, self._console)
            self._background.add(asyncio.create_task(backups))

    async def _start_postgres(self, postgres: Postgres) -> None:
        await asyncio.to_thread(postgres.prepare)

        async def again() -> None:
            await asyncio.to_thread(postgres.prepare)

        child = self._supervisor.start(postgres.command(), before_restart=again)
        try:
            await self._until(postgres.is_ready, child, 60)
        except OperatorError as problem:
            raise postgres.failed(child.log) from problem

    async def _migrate(self, database_url: str) -> None:
        if await asyncio.to_thread(_revision, database_url) != head():
            await asyncio.to_thread(upgrade_schema, database_url)

    async def _start_workflows(self, environment: dict[str, str]) -> None:
        """Callbacks and worker load while Prefect starts, and begin when it answers."""
        waiting = [self._process(name, environment, wait=True) for name in ("callbacks", "worker")]
        if self._settings.prefect_api_url is None:
            # by name, as processes are: cli does not build on flows
            server = importlib.import_module("flows.prefect_server.embedded")
            port = int(self._prefect_api_url.rsplit(":", 1)[1].split("/")[0])
            folder = self._home / "prefect"
            folder.mkdir(mode=0o700, exist_ok=True)
            arguments, environ = server.server_command(folder, port)
            prefect = self._supervisor.start(Command("prefect", arguments, environ, inherits=False, folder=folder))
            await self._until_answers(f"{self._prefect_api_url}{server.READY_PATH}", prefect, _WORKFLOW_WITHIN)
        for child in waiting:
            self._supervisor.release(child)

    def _environment(self, database_url: str, port: int) -> dict[str, str]:
        return {
            "GENESIS_HOME": str(self._home),
            "GENESIS_PORT": str(port),
            "GENESIS_EMBEDDED": str(int(self._settings.database_url is None)),
            "GENESIS_DATABASE_URL": database_url,
            "GENESIS_REDIS_URL": self._redis_url,
            "PREFECT_API_URL": self._prefect_api_url,
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # glibc gives every thread its own arena otherwise: memory for nothing
            SUPERVISED: "1",
        }

    def _process(self, name: str, environment: dict[str, str], *, wait: bool = False) -> Child:
        command = Command(
            name,
            [sys.executable, "-P", "-m", "cli.process", name],
            environment,
            lifeline=True,
            folder=self._home,
        )
        return self._supervisor.start(command, go=GO, wait=wait)

    async def _step(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        began = time.monotonic()
        await work()
        self._console.print(f"  [green]✓[/] {name:<18}[dim]{time.monotonic() - began:5.1f} s[/]")

    async def _until(self, ready: Callable[[], bool], child: Child, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not await asyncio.to_thread(ready):
            self._fail_if_hopeless(child, deadline)
            await asyncio.sleep(0.02)

    async def _until_answers(self, url: str, child: Child, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not await machine.answers(url):
            self._fail_if_hopeless(child, deadline)
            await asyncio.sleep(0.03)

    def _fail_if_hopeless(self, child: Child, deadline: float) -> None:
        name = child.command.name
        if child.failures >= 3 or (children.ended(child.process) is not None and not self._usable):
            raise OperatorError(f"The process {name} does not start.", f"Its log says why: {child.log}")
        if time.monotonic() > deadline:
            raise OperatorError(f"The process {name} does not become ready.", f"Its log may say why: {child.log}")

    def _ended(self, name: str, code: int, pause: float) -> None:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        self._console.print(
            f"  [yellow]{name} {how}; starting it again in {pause:.1f} s.[/] [dim]{self._home}/logs/{name}.log[/]"
        )

    def _write_runtime(self) -> None:
        with suppress(OSError):
            Runtime(
                os.getpid(),
                self._base_url,
                self._database_url if self._usable else "",
                self._redis_url,
                self._prefect_api_url,
                self._supervisor.pids(),
            ).write(self._home)

    async def _stop(self) -> None:
        began = time.monotonic()
        self._console.print("\n  [dim]Stopping …[/]")
        await self._supervisor.stop(STOP_ORDER, _STOPS_WITHIN)
        (self._home / "runtime.json").unlink(missing_ok=True)
        self._console.print(f"  [dim]Stopped in {time.monotonic() - began:.1f} s. Nothing is left running.[/]")


async def _watch_make(stop: asyncio.Event) -> None:
    make = machine.Make()
    while True:
        if make.wants_us_to_stop():
            stop.set()
        await asyncio.sleep(0.5)


def _revision(database_url: str) -> str | None:
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except UndefinedTable:
        return None
    except psycopg.OperationalError as error:
        raise OperatorError(
            "The database cannot be reached.", "Check GENESIS_DATABASE_URL, and that the server runs."
        ) from error
    return str(row[0]) if row else None
