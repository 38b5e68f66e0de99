"""Runs `genesis` as another user of this machine. Everything is imported before: they may not reach our Python."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_BEFORE = """
import importlib, os, sys
names = [
    "cli.backup", "cli.main", "alembic.command", "alembic.script", "alembic.runtime.environment", "migrations.run",
    "alembic.ddl.postgresql", "sqlalchemy.dialects.postgresql.psycopg", "infrastructure.processes.projector",
    "mako.template", "rich.progress", "rich.traceback", "encodings.idna", "encodings.cp437",
]
for name in names:
    importlib.import_module(name)
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
sys.argv = ["genesis", *sys.argv[2:]]
sys.modules["cli.main"].main()
"""


def possible() -> str:
    """Empty, or why nobody can be somebody else here."""
    return "" if os.geteuid() == 0 else "only root can become another user"


def run(*arguments: str, user: int, home: Path, database_url: str) -> subprocess.CompletedProcess[str]:
    """What became of `genesis ARGUMENTS`, given by `user`, whose data folder is `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GENESIS_", "PREFECT_"))}
    return subprocess.run(
        [sys.executable, "-c", _BEFORE, str(user), *arguments],
        cwd=ROOT,
        env=kept | {"GENESIS_HOME": str(home), "HOME": str(home), "GENESIS_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
