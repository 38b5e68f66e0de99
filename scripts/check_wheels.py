"""Asks the package index for a wheel of everything that is locked, on each machine and Python that is promised one.

Only metadata is read: the resolver is told to build nothing, and fails where a package has nothing but its source.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements-dev.lock", "scripts/uv.lock", "scripts/node.lock")  # the first holds requirements.lock
# the oldest systems that are promised a wheel: glibc 2.28 (Debian 10, RHEL 8), macOS 13 on Apple's processors
MACHINES = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin")
PYTHONS = ("3.11", "3.12", "3.13")
_ASK = ("pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-deps", "--no-build")
_AT_ONCE = 3


def main(locks: Sequence[str]) -> int:
    uv = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".venv" / "bin"))
    if uv is None:
        print("uv is neither on the PATH nor in .venv; run `make setup`.", file=sys.stderr)
        return 1
    asked = list(product(locks, MACHINES, PYTHONS))
    with ThreadPoolExecutor(_AT_ONCE) as several:
        complaints = list(several.map(lambda one: lacking(uv, *one), asked))
    for (lock, machine, python), complaint in zip(asked, complaints, strict=True):
        if complaint:
            print(f"{lock} cannot be installed without a compiler on {machine}, Python {python}:\n{complaint}\n")
    return 1 if any(complaints) else 0


def lacking(uv: str, lock: str, machine: str, python: str) -> str:
    """What has no wheel there, in the resolver's words; empty when everything has one."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [uv, *_ASK, "--python-platform", machine, "--python-version", python, str(ROOT / lock), "-o", "found"],
            cwd=folder,  # away from pyproject.toml
            check=False,
            capture_output=True,
            text=True,
        )
    return (done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or LOCKS))
