"""`genesis models`: kept, listed, tested and ended at a terminal, with a key that is never an argument."""

import subprocess
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from cli.models import app
from infrastructure.operator_error import OperatorError
from tests.support.model_answers import KEY
from tests.support.models import fails, works
from tests.support.openai_server import OpenAIServer
from tests.support.studio import Studio


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Studio:
    return Studio(tmp_path, GENESIS_DATABASE_URL=database_url)


def said(studio: Studio, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """One command. A failure is two plain lines."""
    done = studio.genesis("models", *arguments, timeout=240, stdin=stdin)
    assert "Traceback" not in done.stdout + done.stderr
    assert KEY not in done.stdout + done.stderr
    return done


def test_a_model_is_kept_tested_and_ended(home: Studio, database_url: str, tmp_path: Path) -> None:
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


def test_a_test_that_fails_says_why(home: Studio) -> None:
    with OpenAIServer(fails(401, "Incorrect API key provided")) as server:
        said(home, "add", "Mine", "--preset", "other", "--model", "m", "--base-url", server.url(), stdin="")
        done = said(home, "test", "Mine")
    assert (done.returncode, done.stderr.splitlines()) == (
        1,
        [
            "The model's provider refused the key. Check its key on the page Models, and what it may do.",
            "KEY_REFUSED, after 1 requests.",
        ],
    )
