"""Runs the fast tests on the newest Python of this machine that is promised to work, in an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

from candidates import OLDEST, newest_python
from setup import VENV, digest, mirrors, read, write

ROOT = Path(__file__).resolve().parent.parent
NEWEST = (3, 13)
"""The newest that all locked packages have wheels for (scripts/check_wheels.py)."""
PLACE = Path(VENV) / "newest"
LOCK = "requirements-dev.lock"
_NOT_OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


def newer() -> tuple[str, tuple[int, int]] | None:
    """(path, version) of a Python that is newer than this one, or None."""
    return newest_python(sys.version_info[:2], NEWEST)


def why_not() -> str | None:
    """The reason why there is nothing to try, or None."""
    if newer() is not None:
        return None
    mine = ".".join(map(str, sys.version_info[:2]))
    return f"no Python newer than {mine}, and no newer than {'.'.join(map(str, NEWEST))}, runs on this machine"


def main() -> int:
    found = newer()
    if found is None:
        print(f"Skipped: {why_not()}.")
        return 0
    path, version = found
    python, uv = PLACE / "bin" / "python", Path(VENV) / "bin" / "uv"
    wanted = f"{path} {digest(str(ROOT / LOCK))}"
    environment = {name: value for name, value in mirrors().items() if name not in _NOT_OURS}
    if read(str(PLACE / ".lock")) != wanted:
        uv_or_path = str(uv) if uv.exists() else "uv"
        subprocess.run([uv_or_path, "venv", "--quiet", "--clear", "--python", path, PLACE], env=environment, check=True)
        install = [uv_or_path, "pip", "install", "--quiet", "--no-build", "--require-hashes", "-r", ROOT / LOCK]
        subprocess.run([*install, "--python", python], env=environment, check=True)
        write(str(PLACE / ".lock"), wanted)
    print(f"The fast tests on Python {'.'.join(map(str, version))} ({path}), oldest promised {OLDEST}:", flush=True)
    ours = os.pathsep.join([str(ROOT), str(ROOT / "packages" / "shared-types")])
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--numprocesses=2", "tests/unit"]
    return subprocess.run(command, cwd=ROOT, env=environment | {"PYTHONPATH": ours}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
