"""`genesis models`: kept, listed, tested and ended at a terminal, with a key that is never an argument."""

from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from cli.models import app
from infrastructure.operator_error import OperatorError
from tests.support.model_answers import KEY
from tests.support.models import fails, works
from tests.support.openai_server import OpenAIServer
from tests.support.users_cli import Done, Genesis, typed


@pytest.fixture
def home(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Genesis:
    return typed(database_url, tmp_path, monkeypatch, capsys, "models")


def said(home: Genesis, *arguments: str, stdin: str = "") -> Done:
    """One command. A failure is two plain lines."""
    done = home(*arguments, stdin=stdin)
    assert "Traceback" not in done.stdout + done.stderr
    assert KEY not in done.stdout + done.stderr
    return done


def test_a_model_is_kept_tested_and_ended(home: Genesis, database_url: str, tmp_path: Path) -> None:
    with OpenAIServer(works()) as server:
        place = ("--preset", "other", "--model", "qwen3:8b", "--base-url", server.url(), "--context", "32768")
        added = said(home, "add", "At home", *place, "--key-stdin", stdin=f" {KEY}\n")
        assert (added.returncode, added.stdout.splitlines()[0]) == (0, "At home is kept, as the default."), added.stderr
        with psycopg.connect(database_url) as connection:
            ((secret,),) = connection.execute("SELECT secret FROM model_connections").fetchall()
        assert KEY not in secret
        assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
        tested = said(home, "test", "at HOME")
        assert tested.returncode == 0, tested.stderr
        assert "It works." in tested.stdout
        assert "cost: unknown" in tested.stdout
        assert server.requests[0][1]["authorization"] == f"Bearer {KEY}"
    listed = said(home, "list").stdout
    assert all(part in listed for part in ("At home (default)", "…-see", "unknown", "json_schema", "OK", "32768")), (
        listed
    )
    again = said(home, "add", "at home", *place, stdin="")
    assert (again.returncode, again.stderr.splitlines()[0]) == (1, "You have a model of that name already.")
    assert said(home, "remove", "At home").stdout == "At home is gone.\n"
    assert said(home, "remove", "At home").returncode == 1
    assert "the muse writes" in said(home, "list").stdout


def test_keys_move_to_a_new_secret_key(home: Genesis, database_url: str, tmp_path: Path) -> None:
    said(home, "add", "Mine", "--preset", "openai", "--model", "gpt-5-mini", "--key-stdin", stdin=KEY)
    file = tmp_path / "secret.key"
    old, new = file.read_text().strip(), Fernet.generate_key().decode()
    file.write_text(f"{new},{old}\n")
    assert said(home, "rotate").stdout == "1 keys are encrypted with the first secret key.\n"
    file.write_text(f"{new}\n")
    assert "…-see" in said(home, "list").stdout
    file.write_text(Fernet.generate_key().decode())
    listed, again = said(home, "list"), said(home, "rotate")
    assert "enter it again" in " ".join(listed.stdout.split())
    assert (again.returncode, again.stderr.splitlines()[0]) == (
        1,
        "1 keys cannot be read with any of the secret keys here, and stay as they are.",
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (("--key-stdin",), "sk-one two", "The key has a character that no key can have"),
        (("--key-stdin",), "sk\u2014dash", "The key has a character that no key can have"),
        (("--key-stdin",), "\n", "This provider wants a key."),
        ((), "", "There is no terminal to type a key at."),
        (("--base-url", "localhost:1234"), "", "The address must begin with http:// or https://"),
        (("--input-price", "1"), "", "One price alone says nothing."),
    ],
    ids=["space", "dash", "none", "no terminal", "address", "one price"],
)
def test_what_cannot_be_kept_is_said(arguments: tuple[str, ...], stdin: str, sentence: str) -> None:
    given = ("add", "Mine", "--preset", "openai", "--model", "gpt-5-mini", *arguments)
    refused = CliRunner().invoke(app, given, input=stdin).exception
    assert isinstance(refused, OperatorError)
    assert refused.message.startswith(sentence)
    assert "sk" not in refused.message


def test_a_test_that_fails_says_why(home: Genesis) -> None:
    with OpenAIServer(fails(401, "Incorrect API key provided")) as server:
        said(home, "add", "Mine", "--preset", "other", "--model", "m", "--base-url", server.url(), stdin="")
        done = said(home, "test", "Mine")
    assert (done.returncode, done.stderr.splitlines()) == (
        1,
        [
            "The model's provider refused the key. Check its key, and what it may do.",
            "KEY_REFUSED, after 1 request.",
        ],
    )
