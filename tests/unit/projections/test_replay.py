"""A replay gives, byte for byte, what was shown live, whatever happened to the session."""

import asyncio
import json
import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from genesis_types.enums import GenesisMode
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from application.moments import Moment
from application.replay import Past, Replay
from domain.aggregates import AGGREGATES
from domain.genesis.commands import AnyBody, StartGenesis
from domain.rejections import Rejection
from projections.engine.fold import Working, fold
from projections.engine.projection import StoredEvent
from projections.genesis.replay import replayed_state
from projections.genesis.session import GENESIS_SESSION, SessionRow, StageRow
from projections.genesis.session_view import session_state
from projections.genesis.timeline import TimelineRow
from tests.support.genesis import ANN, SESSION, Story
from tests.support.projections import rows, stored
from tests.support.wandering import INTERNAL, next_step


class Memory:
    """A log in memory."""

    def __init__(self, events: list[StoredEvent]) -> None:
        self.events = events

    async def read(self, stream_id: UUID, until: int | None = None) -> Past[StoredEvent]:
        return Past(self.events[:until], len(self.events))


class Live:
    """The read side as it is kept live: event by event, every row written as JSON and read back."""

    def __init__(self) -> None:
        self.working = Working()
        self.events: list[StoredEvent] = []

    def apply(self, event: Any) -> None:
        read = AGGREGATES.events[type(event).__name__].model_validate_json(event.model_dump_json())
        entry = stored(read, len(self.events) + 1)
        self.events.append(entry)
        fold(GENESIS_SESSION, self.working, [entry])
        assert not self.working.parked
        for name, keys in self.working.changed.items():
            for key in keys:
                row = self.working.rows[name][key]
                self.working.rows[name][key] = (
                    None if row is None else type(row).model_validate_json(row.model_dump_json())
                )
        self.working.changed.clear()

    def body(self, now: datetime) -> str:
        """The body of GET state."""
        (session,) = rows(self.working, SessionRow)
        records: dict[str, JsonValue] = {
            row.stage.value: json.loads(row.record.model_dump_json()) for row in rows(self.working, StageRow)
        }
        confirmed = {stage.value: content for stage, content in session.confirmed_data.items()}
        extended = [row for row in rows(self.working, TimelineRow) if row.event_type == "SessionExtended"]
        row = {
            **vars(session),
            "confirmed_data": confirmed,
            "working_title": confirmed.get("STORY_CONCEPTION", {}).get("working_title"),
            "concept_title": confirmed.get("CONCEPT_SELECTION", {}).get("title"),
            "records": records,
            "period_started_at": extended[-1].occurred_at if extended else session.started_at,
            **dict.fromkeys(("task_phase", "task_progress", "task_message", "task_draft", "task_draft_seq")),
        }
        return session_state(row, now).model_dump_json()


@given(seed=st.integers(0, 2**32))
@settings(max_examples=150)
def test_a_replay_gives_byte_for_byte_what_was_shown_live(seed: int) -> None:
    chance = random.Random(seed)
    story, live = Story(), Live()
    story.when(StartGenesis(mode=chance.choice([*GenesisMode]), seed=chance.choice(["", "a bell"])))
    at_version: list[str] = []
    at_time: dict[datetime, str] = {}
    for _ in range(chance.randint(1, 20)):
        for event in story.events[len(live.events) :]:
            live.apply(event)
            at_version.append(live.body(event.occurred_at))
        at_time[story.now] = live.body(story.now)
        story.now += timedelta(hours=chance.choice((0, 0, 1, 30)))  # a session lasts 14 days, and warns before
        at_time[story.now] = live.body(story.now)
        body = next_step(chance, story.state)
        with suppress(Rejection):
            story.when(cast(AnyBody, body), by=None if isinstance(body, INTERNAL) else ANN)

    replay = Replay(Memory(live.events), replayed_state, lambda: story.now)
    moments = [Moment(version=version) for version in range(1, len(at_version) + 1)]
    moments += [Moment(at=at) for at in at_time]
    found = asyncio.run(replay.at_each(SESSION, moments))
    assert [shown.state.model_dump_json() for shown in found] == [*at_version, *at_time.values()]
