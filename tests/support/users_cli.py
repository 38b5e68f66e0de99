"""`genesis` as it is typed, on a database without a studio, and the people of that database."""

import io
import os
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.main import main
from cli.people import People, people

PASSWORD = "a bell under the water"


class Done(NamedTuple):
    """What became of a command."""

    returncode: object
    stdout: str
    stderr: str


Genesis = Callable[..., Done]


@pytest.fixture
def genesis(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Genesis:
    """One command on a database without a studio: (arguments, what it reads) -> what became of it."""
    return typed(database_url, tmp_path, monkeypatch, capsys)


def typed(
    database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *before: str
) -> Genesis:
    """What the fixture gives, on another database or with words `before` every command's arguments."""
    for name in [name for name in os.environ if name.startswith(("GENESIS_", "PREFECT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GENESIS_HOME", str(home))
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)

    def code() -> object:
        try:
            main()
        except SystemExit as end:
            return end.code or 0

    def run(*arguments: object, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["genesis", *before, *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with ThreadPoolExecutor(1) as thread:  # it has an event loop of its own, as it has as a process
            returned = thread.submit(code).result(60)
        shown = capsys.readouterr()
        assert PASSWORD not in shown.out + shown.err
        return Done(returned, shown.out, shown.err)

    return run


@pytest.fixture
async def found(database_url: str) -> AsyncIterator[People]:
    async with people(database_url) as them:
        yield them
