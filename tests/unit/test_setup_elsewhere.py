"""Setting up on other people's machines: version managers on the PATH, and failures told by their own cause."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
SHIM = 'echo "pyenv: ${0##*/}: command not found" >&2; exit 127'


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator["Machine"]:
    """A machine whose PATH holds what a test puts there, and nothing else but a shell's own tools."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    for name in ("PYENV_ROOT", "ASDF_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    yield Machine(tmp_path, monkeypatch)
    for name in ("candidates", "causes"):
        sys.modules.pop(name, None)


class Machine:
    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place = place
        self._patch = monkeypatch
        self._folders: list[str] = []

    def folder(self, name: str, **programs: str) -> Path:
        """One more folder at the end of the PATH, with these shell scripts in it."""
        found = self.place / name
        found.mkdir(parents=True)
        for program, text in programs.items():
            path = found / program.replace("_", ".")
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        self._folders.append(str(found))
        self._patch.setenv("PATH", ":".join([*self._folders, "/usr/bin", "/bin"]))
        return found

    @property
    def candidates(self) -> ModuleType:
        return importlib.import_module("candidates")


def python(version: str) -> str:
    """A script that says so when it is asked for its version."""
    return f"echo {version}"


def test_a_version_manager_s_script_that_does_not_run_is_passed_over(machine: Machine) -> None:
    machine.folder("shims", python3=SHIM, python3_13=SHIM, python3_12=SHIM)
    real = machine.folder("real bin", python3_13=python("3.13"))
    found, asked = machine.candidates.newer_python()
    assert found == str(real / "python3.13")
    assert any("command not found" in line for line in asked)


def test_one_that_is_older_than_its_name_says_is_passed_over(machine: Machine) -> None:
    machine.folder("old", python3_13=python("3.9"), python3_12=python("3.12"))
    found, _ = machine.candidates.newer_python()
    assert found == str(machine.place / "old" / "python3.12")


def test_what_a_version_manager_keeps_is_found_though_another_version_is_chosen(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {f"python3_{minor}": SHIM for minor in range(11, 16)} | {"python3": python("3.9"), "python": SHIM}
    machine.folder("shims", **names)
    monkeypatch.setenv("PYENV_ROOT", str(machine.place / "pyenv"))
    kept = machine.folder("pyenv/versions/3.12.1/bin", python3=python("3.12"))
    monkeypatch.setenv("PATH", f"{machine.place / 'shims'}:/nowhere")
    assert machine.candidates.newer_python()[0] == str(kept / "python3")


def test_an_old_python_hands_over_to_one_that_runs_and_otherwise_says_what_it_asked(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = importlib.import_module("setup")
    monkeypatch.setattr(setup.sys, "version_info", (3, 9, 18))
    names = {f"python3_{minor}": SHIM for minor in range(11, 16)} | {"python3": python("3.9"), "python": SHIM}
    machine.folder("shims", **names)
    monkeypatch.setenv("PATH", str(machine.place / "shims"))
    monkeypatch.setattr(setup.os, "execv", lambda path, words: pytest.fail(f"handed over to {path}"))
    with pytest.raises(setup.Trouble, match=r"(?s)3\.11 or newer.*shims/python3\.13: pyenv: python3\.13: command not"):
        setup.with_new_enough_python()
    real = machine.folder("real", python3_13=python("3.13"))
    handed: list[str] = []
    monkeypatch.setattr(setup.os, "execv", lambda path, words: handed.append(path))
    with pytest.raises(setup.Trouble):
        setup.with_new_enough_python()
    assert handed == [str(real / "python3.13")]
    for name in ("setup", "steps"):
        sys.modules.pop(name, None)


def test_make_takes_the_first_python_that_runs(machine: Machine) -> None:
    machine.folder("shims", python3=SHIM, python3_13=SHIM)
    machine.folder("real", python3_12='[ "$1" = -c ] || echo "it was $0"')
    done = subprocess.run(["make", "-s", "setup"], cwd=SCRIPTS.parent, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("real/python3.12"), done.stdout + done.stderr


def test_a_node_that_does_not_run_or_is_too_old_is_passed_over(machine: Machine) -> None:
    machine.folder("shims", node=SHIM, npm=SHIM)
    machine.folder("old", node="echo v18.20.1", npm="echo 10")
    machine.folder("odd", node="echo v21.7.0", npm="echo 10")
    machine.folder("half", node="echo v22.12.0", npm=SHIM)
    good = machine.folder("my node", node="echo v22.12.0", npm="echo 11.1.0")
    found = machine.candidates.node_on_path(dict(os.environ))
    assert found["PATH"].split(":")[0] == str(good)


def test_without_a_node_that_does_there_is_none(machine: Machine) -> None:
    machine.folder("shims", node=SHIM, npm=SHIM)
    surroundings = {"PATH": str(machine.place / "shims") + ":/bin"}
    if machine.candidates.node_version({"PATH": "/bin"}) == (0, 0):
        assert machine.candidates.node_on_path(surroundings) is None
    assert machine.candidates.node_version({"PATH": str(machine.place / "shims")}) == (0, 0)


@pytest.mark.parametrize(
    ("output", "downloads", "said"),
    [
        ("npm error network request to https://x failed, reason: getaddrinfo ENOTFOUND x", True, "network"),
        ("error: Failed to fetch: `https://x`\n  Caused by: dns error", True, "network"),
        ("ReadTimeoutError: HTTPSConnectionPool: Read timed out.", True, "network"),
        ("[Errno 28] No space left on device", True, "disk is full"),
        ("ENOSPC: no space left on device, write", False, "disk is full"),
        ("invalid peer certificate: UnknownIssuer", True, "certificate"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", True, "not what the lock"),
        ("error: command 'gcc' failed: No such file or directory", True, "no ready-made form"),
        ("EROFS: read-only file system, open 'dist/x'", False, "cannot be written"),
    ],
)
def test_a_failure_is_told_by_its_cause(machine: Machine, output: str, downloads: bool, said: str) -> None:
    found = importlib.import_module("causes").cause(output, downloads)
    assert found is not None
    assert said in found


@pytest.mark.parametrize(
    ("output", "downloads"),
    [
        ('[vite]: Rollup failed to resolve import "@/app" from "/My%20Books/ui/src/main.tsx".', False),
        ("src/api.ts(3,1): error TS2304: Cannot find name 'ECONNREFUSED'.", False),
        ("Segmentation fault", True),
    ],
)
def test_what_is_no_fault_of_the_network_is_not_blamed_on_it(machine: Machine, output: str, downloads: bool) -> None:
    assert importlib.import_module("causes").cause(output, downloads) is None


def test_a_build_that_fails_is_shown_by_its_own_last_lines(tmp_path: Path) -> None:
    """The whole script, with a page whose build cannot succeed."""
    for name in ("setup.py", "steps.py", "candidates.py", "causes.py", "odd_folders.py"):
        (tmp_path / "scripts").mkdir(exist_ok=True)
        (tmp_path / "scripts" / name).write_text((SCRIPTS / name).read_text())
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path / "scripts")!r})
import steps
from steps import Failed, run
steps.VENV, steps.LOG = {str(tmp_path)!r}, {str(tmp_path / "setup.log")!r}
def fail(*_):
    run([sys.executable, "-c", "print('error: Unclosed tag in App.tsx'); sys.exit(3)"])
import setup
setup.with_new_enough_python = fail
setup.told(setup.main)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "error: Unclosed tag in App.tsx" in done.stderr
    assert "network" not in done.stderr
