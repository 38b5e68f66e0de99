"""Whatever goes wrong, a person at a terminal reads a sentence with its remedy, never a traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli.printing import as_called


def _genesis(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GENESIS_", "PREFECT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env=kept | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_help_names_every_command_and_group() -> None:
    done = _genesis("--help")
    assert done.returncode == 0
    for name in ("run", "process", "migrate", "token", "login", "doctor", "projections", "users", "tokens"):
        assert name in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "sentence"),
    [
        (("process", "nope"), {}, 2, "There is no process called nope"),
        (("nope",), {}, 2, "No such command"),
        (("process", "sweeper"), {}, 1, "has no database"),
        (("process", "background"), {}, 1, "GENESIS_DATABASE_URL"),
        (("run",), {"GENESIS_PORT": "seven"}, 1, "GENESIS_PORT"),
        (("token",), {"GENESIS_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, 1, "The database cannot be reached"),
        (("run",), {"GENESIS_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, 1, "The database cannot be reached"),
        (("migrate",), {"GENESIS_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, 1, "The database"),
        (("login",), {}, 1, "does not run on this data folder"),
        (("doctor",), {"GENESIS_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, 1, "cannot be reached"),
    ],
)
def test_what_goes_wrong_is_a_sentence(
    arguments: tuple[str, ...], environment: dict[str, str], code: int, sentence: str, tmp_path: Path
) -> None:
    done = _genesis(*arguments, **{"GENESIS_HOME": str(tmp_path), **environment})
    assert sentence in done.stdout + done.stderr
    assert done.returncode == code


@pytest.mark.parametrize(
    ("program", "path", "expected"),
    [
        ("{folder}/bin/genesis", "", "`bin/genesis doctor`"),
        ("{folder}/bin/genesis", "{folder}/bin", "`genesis doctor`"),
        ("{folder}/a room/genesis", "", "`'a room/genesis' doctor`"),
        ("{folder}/main.py", "", "`genesis doctor`"),
    ],
)
def test_advice_can_be_typed_as_it_stands(
    program: str, path: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(program.format(folder=tmp_path))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", path.format(folder=tmp_path))
    monkeypatch.setattr(sys, "argv", [str(file), "token"])
    assert as_called("Run `genesis doctor`.") == f"Run {expected}."


def test_our_own_fault_is_kept_where_a_report_can_take_it_from(tmp_path: Path) -> None:
    code = "import sys, cli.main as m; m._lazy = lambda *_: 1 / 0; sys.argv[1:] = ['token']; m.main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "GENESIS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "logs" / "cli.log") in done.stderr
    assert "ZeroDivisionError" in (tmp_path / "logs" / "cli.log").read_text()


def test_an_api_whose_port_is_taken_says_so_in_a_sentence(database_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = _genesis(
            "process", "api", GENESIS_HOME=str(tmp_path), GENESIS_DATABASE_URL=database_url, GENESIS_PORT=port
        )
    assert done.returncode == 1
    assert f"port {port} cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
