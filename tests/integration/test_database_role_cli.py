"""`genesis analytics role` as it is typed: the connection string is shown once, and what cannot be done is said."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from cli.main import main

Run = Callable[..., tuple[object, str, str]]
PASSWORD = "a bell under the water, and fog"


@pytest.fixture
def genesis(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """(arguments) -> (exit code, stdout, stderr)"""
    monkeypatch.setenv("GENESIS_HOME", str(tmp_path))
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)

    def run(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr("sys.argv", ["genesis", *arguments])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def name(database_url: str) -> Iterator[str]:
    made = f"tool_{uuid4().hex[:10]}"
    yield made
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS analytics CASCADE")
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(made)))


def test_a_role_is_made_shown_and_dropped(genesis: Run, name: str) -> None:
    code, out, err = genesis("analytics", "role", "create", name, "--account", "owner")
    assert (code, err) == (0, "")
    assert f"{name} reads one account's rows, without texts" in out
    (address,) = re.findall(r"^postgresql://\S+$", out, re.MULTILINE)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (0,)
    secret = re.search(r":([^:@/]+)@", address)
    assert secret is not None
    code, out, _ = genesis("analytics", "role", "show", "--json")
    (shown,) = json.loads(out)
    assert (shown["name"], shown["account"], shown["with_text"], shown["granted"]) == (name, "owner", False, True)
    assert secret[1] not in out
    assert re.search(rf"{name}\s+│ owner\s+│ no", genesis("analytics", "role", "show")[1])
    assert genesis("migrate")[0] == 0
    with psycopg.connect(address) as connection:  # a migration makes the views anew
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (0,)
    code, out, _ = genesis("analytics", "role", "drop", name)
    assert (code, f"{name} is gone." in out) == (0, True)
    assert json.loads(genesis("analytics", "role", "show", "--json")[1]) == []


def test_a_password_of_ones_own_is_not_repeated(genesis: Run, name: str, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", encoding="utf-8")
    code, out, _ = genesis("analytics", "role", "create", name, "--password-file", str(file))
    assert code == 0
    assert PASSWORD not in out
    assert f"postgresql://{name}@" in out


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 20, b"x" * 501, b"with a\x07bell inside of it\n"])
def test_what_cannot_be_a_password_is_refused(genesis: Run, name: str, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    code, _, err = genesis("analytics", "role", "create", name, "--password-file", str(file))
    assert code == 2
    assert "password" in err
    assert json.loads(genesis("analytics", "role", "show", "--json")[1]) == []


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("create", "Reader"), 2, "“Reader” cannot be the name of a role."),
        (("create", "postgres"), 1, "The server has a role postgres that is not this studio's."),
        (("create", "reader", "--account", "nobody"), 1, "There is nobody of that name."),
        (("create", "reader", "--password-file", "/nowhere/password"), 2, "/nowhere/password cannot be read"),
        (("drop", "postgres"), 1, "There is no role postgres of this studio's."),
    ],
    ids=["name", "taken", "account", "file", "drop"],
)
def test_what_cannot_be_done_is_said(genesis: Run, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    ended, _, err = genesis("analytics", "role", *arguments)
    assert (ended, err.startswith(sentence)) == (code, True), err
