"""`genesis sessions bible` as it is typed: a whole file or none, and a sentence for what cannot be made."""

import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from domain.genesis.commands import ConfirmStage
from domain.genesis.stages import STAGE_ORDER
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import make_pool, opened
from tests.support.commands import CONTENTS, Desk
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")
FIRST = STAGE_ORDER[0]


@dataclass(frozen=True)
class Shelf:
    url: str
    full: UUID
    empty: UUID


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shelf(cluster: Cluster) -> AsyncIterator[Shelf]:
    with cluster.database() as url:
        async with opened(make_pool(url, "tests", min_size=1, max_size=2)) as pool:
            desk = Desk(PostgresEventStore(pool, "genesis.events"))
            empty = (await desk.start(mode="free_form", seed="a bell")).session_id
            await desk.start(mode="free_form", seed="a clock")
            await desk.do(ConfirmStage(stage=FIRST, content=CONTENTS[FIRST]))
            yield Shelf(url, desk.session_id, empty)


def typed(shelf: Shelf, folder: Path, *words: str, largest: int | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a folder of its own; `largest`: bytes after which the disk is full."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "sessions", "bible", *words],
        cwd=folder,
        env=os.environ
        | {
            "GENESIS_DATABASE_URL": shelf.url,
            "GENESIS_HOME": str(folder),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))) if largest else None,
    )


async def test_a_file_is_named_by_the_title_and_the_same_each_time(shelf: Shelf, tmp_path: Path) -> None:
    done = typed(shelf, tmp_path, str(shelf.full))
    made = tmp_path / "The Salt Clock – Story bible.epub"
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{made}:" in done.stdout
    first = made.read_bytes()
    again = typed(shelf, tmp_path, str(shelf.full), "--format", "epub", "--out", "again.epub", "--at-version", "2")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.epub").read_bytes() == first


async def test_nothing_confirmed_is_said(shelf: Shelf, tmp_path: Path) -> None:
    done = typed(shelf, tmp_path, str(shelf.empty), "--out", "x.md", "--format", "markdown")
    assert done.returncode == 1
    assert "Nothing is confirmed in this session yet" in done.stderr
    assert not (tmp_path / "x.md").exists()


async def test_a_full_disk_leaves_what_was_there(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "mine.pdf").write_text("an older one")
    done = typed(shelf, tmp_path, str(shelf.full), "--format", "pdf", "--out", "mine.pdf", largest=1_000)
    assert done.returncode == 1
    assert "mine.pdf cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert [name for name in os.listdir(tmp_path) if "mine" in name] == ["mine.pdf"]
    assert (tmp_path / "mine.pdf").read_text() == "an older one"


async def test_a_folder_that_is_not_there_is_said(shelf: Shelf, tmp_path: Path) -> None:
    done = typed(shelf, tmp_path, str(shelf.full), "--format", "html", "--out", "no/where/x.html")
    assert (done.returncode, done.stdout) == (1, "")
    assert "x.html cannot be written: No such file or directory. Name another place with --out." in " ".join(
        done.stderr.split()
    )
