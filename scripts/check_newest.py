"""Imports everything and runs what a Python's version can change, on the newest one here that is promised to work.

In an environment of its own. All tests run on the Python of `.venv`; once more here they would say the same twice.
"""

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
PACKAGES = ("api", "application", "cli", "domain", "flows", "infrastructure", "projections")
_IMPORTS = f"""
import importlib, pkgutil
for package in {PACKAGES}:
    for found in pkgutil.walk_packages([package], package + "."):
        importlib.import_module(found.name)
"""
TESTS = (
    "domain",
    "projections",
    # texts: the tables of Unicode, of the regular expressions
    "model/test_language.py",
    "model/test_tokens.py",
    "muse/test_names.py",
    "test_text.py",
    # what is stored, sent and shown: codecs, hashes, dates, types that are read at run time
    "test_asyncapi.py",
    "test_bus_records.py",
    "test_event_codec.py",
    "test_export_csv.py",
    "test_live_frames.py",
    "test_material_hash.py",
    "test_moments.py",
    "test_openapi.py",
    "test_plain_route.py",
    "test_secret_box.py",
    "test_typed_ids.py",
    # the event loop and its threads
    "test_heartbeat.py",
    "test_supervised.py",
    "test_together.py",
    # programs, logs and what watches them
    "test_connections.py",
    "test_logging.py",
    "test_tracing.py",
)
"""Below tests/unit; without the random histories, which look for mistakes in the rules."""
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
    print(f"Imports and tests on Python {'.'.join(map(str, version))} ({path}), oldest promised {OLDEST}:", flush=True)
    ours = os.pathsep.join([str(ROOT), str(ROOT / "packages" / "shared-types")])
    environment |= {"PYTHONPATH": ours}
    imported = subprocess.run([python, "-c", _IMPORTS], cwd=ROOT, env=environment, check=False).returncode
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ignore-glob=*_machine.py"]
    command += [f"tests/unit/{test}" for test in TESTS]
    return imported or subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
