"""`genesis` as it is typed, on a database without a studio, and the people of that database."""

import io
import os
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.main import main
from cli.people import People, people

PASSWORD = "a bell under the water"


@dataclass(frozen=True)
class Done:
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
    for name in [name for name in os.environ if name.startswith(("GENESIS_", "PREFECT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GENESIS_HOME", str(tmp_path))
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)

    def code() -> object:
        try:
            main()
        except SystemExit as end:
            return end.code or 0

    def run(*arguments: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["genesis", *arguments])
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
