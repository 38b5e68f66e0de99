"""Data of an older PostgreSQL is brought to the newest one; what cannot be is refused with the command that helps."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from infrastructure.embedded import children, forward
from infrastructure.embedded.postgres import Postgres, is_older, major_of, successor, switch_data
from infrastructure.embedded.runtime import alone
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from migrations.run import upgrade
from tests.support.backups import every_row
from tests.support.studio import make_home


@pytest.fixture
def home() -> Iterator[Path]:
    found = make_home()
    (found / "logs").mkdir()
    yield found
    shutil.rmtree(found, ignore_errors=True)


@contextmanager
def running(server: Postgres) -> Iterator[str]:
    process = server.start(server.home / "logs" / "postgres.log")
    try:
        yield server.url()
    finally:
        children.stop(process, signal.SIGINT, 10)


def test_data_of_16_is_brought_to_18_and_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Postgres.of(home, major=16)) as url:
        upgrade(url)
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO users (id, name, name_key) VALUES (gen_random_uuid(), 'Ann', 'ann')")
        rows = every_row(url)
    assert is_older(home) == 16

    def refuse(*_: object, **__: object) -> None:
        raise OperatorError("No space left.")

    with monkeypatch.context() as broken:
        broken.setattr(forward, "restore", refuse)
        with pytest.raises(OperatorError):
            forward.bring_forward(home, home / "logs" / "postgres.log")
    assert major_of(home / "postgres") == 16, "the old one stays as long as the new one is not complete"

    assert list((home / "backups").iterdir()) == []
    forward.bring_forward(home, home / "logs" / "postgres.log")
    assert is_older(home) is None
    assert major_of(home / "postgres-16") == 16
    assert [path.name.startswith("genesis-before-") for path in (home / "backups").iterdir()] == [True]
    with running(Postgres.of(home)) as url:
        assert every_row(url) == rows
        with psycopg.connect(url) as connection:
            assert connection.info.server_version >= 180000


@pytest.mark.parametrize("gone", [False, True], ids=["before", "between"])
def test_a_switch_that_was_killed_is_ended_by_whoever_comes_next(tmp_path: Path, gone: bool) -> None:
    data = tmp_path / "postgres"
    for folder, major in ((data, 16), (successor(data), 18)):
        folder.mkdir()
        (folder / "PG_VERSION").write_text(f"{major}\n")
    if gone:
        data.rename(tmp_path / "postgres-16")
    for _ in range(2):
        switch_data(data)
        assert {path.name: major_of(path) for path in tmp_path.iterdir()} == {"postgres": 18, "postgres-16": 16}


def test_a_major_that_is_not_carried_is_refused_with_the_command_that_goes_on(home: Path) -> None:
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("15\n")
    (home / "backups").mkdir()
    (home / "backups" / "genesis-automatic-1.zip").touch()
    with pytest.raises(OperatorError, match="made by PostgreSQL 15") as refused:
        Postgres.of(home)
    assert f"genesis restore --replace {home}/backups/genesis-automatic-1.zip" in refused.value.remedy
    with alone(Settings(home=home), anew=True) as settings:
        assert settings.database_url is not None
    assert major_of(home / "postgres-15") == 15
    assert major_of(home / "postgres") == 18
    assert os.listdir(home / "postgres-15") == ["PG_VERSION"]
