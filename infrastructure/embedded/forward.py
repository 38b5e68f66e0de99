"""Brings a data folder that an older PostgreSQL made to the newest one: by a backup, restored into a new cluster."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from infrastructure.backup.dump import back_up, default_name
from infrastructure.backup.reading import opened_backup
from infrastructure.backup.restore import restore
from infrastructure.backup.rotation import made_folder
from infrastructure.embedded import children
from infrastructure.embedded.postgres import NEWEST, Postgres, successor, switch_data

_STOPS_WITHIN = 30.0


def bring_forward(home: Path, log: Path) -> None:
    """The old cluster is kept beside it. Call it with the home's lock held, and from the main thread.

    Killed at any moment, the data folder is the old cluster or the complete new one. Raises OperatorError, and the
    old one stays in use.
    """
    old = Postgres.of(home)
    fresh = Postgres.at(home, old.data.with_name(f"{old.data.name}.forward"), NEWEST, old.account)
    file = made_folder(home / "backups") / default_name("before")
    shutil.rmtree(fresh.data, ignore_errors=True)  # of an attempt that was killed
    try:
        with _running(old, log):
            if holds := _holds_studio(old.url()):
                back_up(old.url(), file, kind="before")
        with _running(fresh, log):
            if holds:
                with opened_backup(file) as backup:
                    restore(backup, fresh.url())
        fresh.data.rename(successor(old.data))
    except BaseException:
        file.unlink(missing_ok=True)  # the old cluster still has all of it, and every start may try again
        raise
    finally:
        shutil.rmtree(fresh.data, ignore_errors=True)
    switch_data(old.data)


@contextmanager
def _running(server: Postgres, log: Path) -> Iterator[None]:
    process = server.start(log)
    try:
        yield
    finally:
        children.stop(process, signal.SIGINT, _STOPS_WITHIN)


def _holds_studio(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT to_regclass('public.alembic_version') IS NOT NULL").fetchone()
    return bool(row and row[0])
