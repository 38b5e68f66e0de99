"""docs/architecture.md, "Adding things", for an aggregate and a projection: a folder and a line, and the rest
knows it. Tried on a copy of the packages, in a process of its own.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("domain", "application", "projections", "infrastructure", "api", "migrations")

AGGREGATE = '''"""A counter: the smallest aggregate that there can be."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.aggregate import Aggregate, Body, Command, DomainEvent


class Counted(DomainEvent):
    user_id: UUID
    by: int


class Count(Body):
    command_type: ClassVar = "COUNT"
    by: int = 1


@dataclass(frozen=True, slots=True)
class Counter:
    version: int
    user_id: UUID
    total: int


def decide(command: Command, state: Counter | None, now: datetime) -> tuple[Counted, ...]:
    return (Counted(occurred_at=now, user_id=command.user_id, by=command.body.by),)


def evolve(state: Counter | None, event: Counted, stream_id: UUID) -> Counter:
    return Counter(state.version + 1 if state else 1, event.user_id, (state.total if state else 0) + event.by)


COUNTER = Aggregate(
    aggregate_type="counter",
    source="/counters",
    name="counter",
    events=(Counted,),
    commands=(Count,),
    decide=decide,
    evolve=evolve,
    owner=lambda counter: counter.user_id,
    creates=frozenset({Count}),
)
'''

USED = """
import asyncio, datetime, uuid
from api.schemas.requests import command_adapter
from application.handle_command import CommandHandler
from domain.aggregate import Command
from domain.aggregates import AGGREGATES
from infrastructure.event_store.codec import CODEC

counter = AGGREGATES.by_type["counter"]


class Store:
    appended = []
    async def load(self, *_): return None
    async def load_cached(self, *_): return None
    async def find_command(self, *_): return None
    async def append(self, append): self.appended.append(append)


request = command_adapter(counter).validate_python({"command_type": "COUNT", "payload": {"by": 3}})
command = Command(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), request.payload)
handler = CommandHandler(Store(), lambda: datetime.datetime.now(datetime.UTC))
outcome = asyncio.run(handler.handle(command))
(stream,) = Store.appended[0].streams
stored = CODEC.encode(stream.events[0])
assert CODEC.decode(stored.event_type, stored.event_version, stored.payload) == stream.events[0]
assert (outcome.version, stream.after.total, stream.aggregate) == (1, 3, counter)
print("known")
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "packages" / "shared-types" / "genesis_types", tmp_path / "genesis_types")
    return tmp_path


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def _run(folder: Path, script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_aggregate_is_a_folder_and_a_line(copy: Path) -> None:
    folder = copy / "domain" / "counter"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A counter."""\n')
    (folder / "aggregate.py").write_text(AGGREGATE)
    listed = copy / "domain" / "aggregates.py"
    _replace(listed, "(GENESIS_SESSION,", "(GENESIS_SESSION, COUNTER,")
    _replace(listed, "\n\n\nclass", "\nfrom domain.counter.aggregate import COUNTER\n\n\nclass")
    assert _run(copy, USED).strip() == "known"


PROJECTION = '''"""The endings projection: how many sessions a person has finished."""

from pathlib import Path
from uuid import UUID

from domain.genesis.events import GenesisCompleted
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table


class EndingsRow(Row):
    user_id: UUID
    ended: int


def _keys(stored: StoredEvent) -> tuple[Key, ...]:
    return ((stored.event.user_id,),) if isinstance(stored.event, GenesisCompleted) else ()


def apply(row: EndingsRow | None, stored: StoredEvent, key: Key) -> EndingsRow:
    return EndingsRow(user_id=key[0], ended=(row.ended if row else 0) + 1)


ENDINGS = Projection(
    name="endings",
    version=1,
    reads={"genesis_session": frozenset({"GenesisCompleted"})},
    sql=Path(__file__).with_name("endings.sql"),
    tables=(
        Table(name="endings", row=EndingsRow, key=(("user_id", "uuid"),), stream=None, keys=_keys, apply=apply),
    ),
)
'''

LISTED = """
from projections.registry import BY_NAME, search_path

assert BY_NAME["endings"].create().startswith("CREATE TABLE endings")
print(search_path().split(",")[1])
"""


def test_a_new_projection_is_a_folder_and_a_line(copy: Path) -> None:
    folder = copy / "projections" / "endings"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "endings.py").write_text(PROJECTION)
    (folder / "endings.sql").write_text("CREATE TABLE endings (user_id UUID PRIMARY KEY, ended INTEGER NOT NULL);\n")
    listed = copy / "projections" / "registry.py"
    _replace(listed, "    GENESIS_SESSION,", "    ENDINGS,\n    GENESIS_SESSION,")
    _replace(listed, "\n\nPROJECTIONS", "\nfrom projections.endings.endings import ENDINGS\n\nPROJECTIONS")
    assert _run(copy, LISTED).strip() == "read_endings_v1"
