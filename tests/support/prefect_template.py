"""Prefect's database as its migrations leave it: made once, and copied to each server that a test starts.

Its migrations take five seconds of a processor, and two dozen servers are started in one run.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from flows.prefect_server.embedded import server_command

_CREATE = (
    "import asyncio; from prefect.server.database import provide_database_interface;"
    " asyncio.run(provide_database_interface().create_db())"
)
DATABASE = "prefect.db"


def copy_into(home: Path) -> None:
    """Put the database into `home`, where there is none yet."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (home / DATABASE).exists():
        shutil.copyfile(_template() / DATABASE, home / DATABASE)


def _template() -> Path:
    folder = Path(tempfile.gettempdir()) / f"genesis-tests-prefect-{version('prefect')}-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes side by side: one makes it, the others wait
        if not (folder / DATABASE).exists():
            with tempfile.TemporaryDirectory(dir=folder) as made:
                environment = server_command(Path(made), 1)[1]
                subprocess.run([sys.executable, "-c", _CREATE], env=environment, check=True, timeout=300)
                (Path(made) / DATABASE).replace(folder / DATABASE)
    return folder
