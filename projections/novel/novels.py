"""The novels projection: the books that finished sessions became."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import SkipValidation

from domain.genesis.events import GenesisCompleted
from domain.genesis.proposals import Content
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table


class NovelRow(Row):
    id: UUID
    user_id: UUID
    session_id: UUID
    title: str
    language: str
    content: dict[GenesisStage, Annotated[Content, SkipValidation]]  # an event's, or read from a JSON column
    version: int
    finished_at: datetime


def _keys(stored: StoredEvent) -> tuple[Key, ...]:
    return ((stored.event.novel_id,),) if isinstance(stored.event, GenesisCompleted) else ()


def apply_novel(row: NovelRow | None, stored: StoredEvent, _key: Key) -> NovelRow | None:
    event = stored.event
    if not isinstance(event, GenesisCompleted):
        return row
    return NovelRow(
        id=event.novel_id,
        user_id=event.user_id,
        session_id=stored.stream_id,
        title=event.title,
        language=event.language,
        content=event.content,
        version=stored.version,
        finished_at=event.occurred_at,
    )


NOVELS = Projection(
    name="novels",
    version=1,
    reads={"genesis_session": frozenset({"GenesisCompleted"})},
    sql=Path(__file__).with_name("novels.sql"),
    tables=(
        Table(
            name="novels",
            row=NovelRow,
            key=(("id", "uuid"),),
            stream="session_id",
            keys=_keys,
            apply=apply_novel,
        ),
    ),
)
