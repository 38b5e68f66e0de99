"""`genesis backup` and `genesis restore` as they are typed, from one data folder to another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infrastructure.embedded.runtime import HomeLock
from tests.support.model_answers import KEY
from tests.support.studio import Studio


@contextmanager
def folder() -> Iterator[Studio]:
    studio = Studio()
    try:
        yield studio
    finally:
        studio.remove()


@pytest.fixture
def studio() -> Iterator[Studio]:
    with folder() as found:
        yield found


def said(studio: Studio, *arguments: str, code: int = 0) -> str:
    done = studio.genesis(*arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr if code else done.stdout


def test_a_studio_moves_to_another_folder_with_its_people_and_keys(studio: Studio, tmp_path: Path) -> None:
    assert "nothing to back up" in said(studio, "backup", code=1)
    said(studio, "migrate")
    token = said(studio, "token").strip()
    model = ("models", "add", "Mine", "--preset", "openai", "--model", "gpt-5-mini", "--key-stdin")
    assert studio.genesis(*model, stdin=f"{KEY}\n").returncode == 0
    assert "Backed up to" in said(studio, "backup", str(tmp_path / "mine.zip"))
    assert "is whole" in said(studio, "backup", "--verify", str(tmp_path / "mine.zip"))
    said(studio, "users", "add", "Ann")
    with folder() as other:
        lock = HomeLock(other.home)
        assert lock.take()
        assert "Stop it" in said(other, "restore", str(tmp_path / "mine.zip"), code=1)
        lock.release()
        (other.home / "prefect").mkdir()
        restored = said(other, "restore", str(tmp_path / "mine.zip"))
        assert "Restored from" in restored
        assert "To do for “Mine”: Put back GENESIS_SECRET_KEY" in restored
        assert "of another secret key: enter it again" in said(other, "models", "list")
        assert not (other.home / "prefect").exists(), "what Prefect knew was of other sessions"
        assert "genesis token" in said(other, "tokens", "list")
        assert token
    refused = said(studio, "restore", str(tmp_path / "mine.zip"), code=1)
    assert "--replace" in refused
    again = said(studio, "restore", "--replace", str(tmp_path / "mine.zip"))
    assert "What was here is in" in again
    assert "To do for" not in again, "the key's file is still here"
    assert "Ann" not in said(studio, "users", "list")
    (before,) = (studio.home / "backups").iterdir()
    said(studio, "restore", "--replace", str(before))
    assert "Ann" in said(studio, "users", "list")


def test_a_file_that_is_none_is_refused_in_a_sentence(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "novel.docx").write_text("no backup")
    for arguments in (("restore", str(tmp_path / "novel.docx")), ("restore", str(tmp_path / "nowhere"))):
        assert str(tmp_path) in said(studio, *arguments, code=1)
    assert not (studio.home / "postgres").exists(), "nothing was started"
