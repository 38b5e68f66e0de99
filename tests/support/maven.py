"""Java, and jars from Maven Central, for tests: downloaded once, kept in the user's cache."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

OLDEST_JAVA = 17
_ROOT = Path(__file__).resolve().parents[2]


class Missing(Exception):
    """It cannot be had here; the text says why."""


def java() -> str:
    """The way to a Java that is new enough. Raises Missing."""
    found = shutil.which("java")
    if found is None:
        raise Missing(f"Java {OLDEST_JAVA} or newer is not on the PATH")
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    number = said.split('"')[1].split(".")[0].split("-")[0] if '"' in said else "0"
    if not number.isdigit() or int(number) < OLDEST_JAVA:
        raise Missing(f"Java {OLDEST_JAVA} or newer is needed, and this is {said.splitlines()[0] if said else 'none'}")
    return found


def jars(pom: Path, name: str, version_of: str) -> Path:
    """The folder of the jars that `pom` depends on at run time, downloaded at the first call. Raises Missing.

    `version_of`: the property of the pom whose value tells one folder of `name` from the next.
    """
    version = pom.read_text().split(f"<{version_of}>")[1].split("<")[0]
    folder = _cache() / f"{name}-{version}"
    if folder.is_dir():
        return folder
    if shutil.which("mvn") is None:
        raise Missing("Maven (mvn) is not on the PATH, and it brings the jars")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "maven.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes side by side would download into one Maven repository
        if not folder.is_dir():
            _download(pom, folder)
    return folder


def _download(pom: Path, folder: Path) -> None:
    arriving = Path(tempfile.mkdtemp(dir=folder.parent))
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={arriving}", "-DincludeScope=runtime"]
    done = subprocess.run(["mvn", "-q", "-B", "-f", str(pom), *goal], capture_output=True, text=True, check=False)
    if done.returncode != 0 or not any(arriving.glob("*.jar")):
        shutil.rmtree(arriving, ignore_errors=True)
        raise Missing(f"Maven could not bring its jars: {(done.stdout + done.stderr).strip()[-300:]}")
    arriving.rename(folder)


def _cache() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "genesis-studio"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        return _ROOT / ".cache"
    return home if os.access(home, os.W_OK) else _ROOT / ".cache"
