"""`genesis alive`: a process without HTTP is well as long as its event loop turns and its background tasks run."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from cli import process
from infrastructure.concurrency.supervised import Supervised
from tests.support.reading import eventually


async def test_a_failed_background_task_is_named_until_it_runs_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GENESIS_HOME", str(tmp_path))
    monkeypatch.setattr(process, "_BEAT_SECONDS", 0.01)
    assert process.alive("relay") == 1  # it never ran
    path = tmp_path / "run" / "relay.alive"
    broken = asyncio.Event()
    broken.set()

    async def work() -> None:
        if broken.is_set():
            raise OSError
        await asyncio.Event().wait()

    group = Supervised(first_pause=0.02)
    beating = asyncio.create_task(process._beat(path))
    try:

        async def well() -> bool:
            return process.alive("relay") == 0

        async def ill() -> bool:
            return not await well()

        await eventually(well)
        group.start("hints", work)
        await eventually(ill)
        assert "hints" in capsys.readouterr().err
        broken.clear()
        await eventually(well)
    finally:
        beating.cancel()
        await group.end()
    an_hour_ago = time.time() - 3_600
    os.utime(path, (an_hour_ago, an_hour_ago))
    assert process.alive("relay") == 1


async def test_a_beat_that_cannot_be_written_is_written_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(process, "_BEAT_SECONDS", 0.01)
    (tmp_path / "run").write_text("a file where a folder belongs")
    beating = asyncio.create_task(process._beat(tmp_path / "run" / "relay.alive"))
    await asyncio.sleep(0.05)
    (tmp_path / "run").unlink()

    async def written() -> bool:
        return (tmp_path / "run" / "relay.alive").exists()

    await eventually(written)
    beating.cancel()
