"""Time of large stages in parts: each part has its own, all of them together have a bound that is told before.

The clock of the event loop is put forward as the server answers, so that minutes pass at once: nothing here waits.
"""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from application.writers import PartsCame, Proposed, WriterError, WriterRequest
from domain.genesis.content import Characters
from infrastructure.writers.limits import LOCAL, REMOTE, REQUESTS, limits_for
from infrastructure.writers.model.targets import Target
from infrastructure.writers.model.writer import ModelWriter
from infrastructure.writers.muse.proposing import propose
from infrastructure.writers.prompt_size import prompt_size
from tests.support.model_answers import settings
from tests.support.openai_server import Behaviour
from tests.support.parts import CAST, KEYS, PartServer, broken, large, part_of, parts_asked

PEOPLE = 8
KEYS_OF_EIGHT = ["cast", *(f"person:{at}" for at in range(PEOPLE))]


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    return Clock(monkeypatch)


class Clock:
    """Puts the event loop's clock forward."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.ahead = 0.0
        self._patch = patch

    def begin(self) -> None:
        loop = asyncio.get_running_loop()
        real = loop.time
        self._patch.setattr(loop, "time", lambda: real() + self.ahead)


class SlowServer(PartServer):
    """Takes `seconds` before it answers a request, or what `late` says of its part; `failing` as in PartServer.

    The time passes before the first byte: a model that reads.
    """

    def __init__(self, clock: Clock, seconds: float, *, late: dict[str, float] | None = None, **failing: Any) -> None:
        super().__init__(failing)
        self._clock = clock
        self._seconds = seconds
        self._late = late or {}

    def behaviour(self, body: dict[str, Any]) -> Behaviour:
        self._clock.ahead += self._late.get(part_of(body), self._seconds)
        how = super().behaviour(body)
        return how if how.as_text else replace(how, answer=lambda _: _eight(), chunk=1_000_000)


def _eight() -> str:
    """A cast of eight people: the muse's, and others with names and lives of their own."""
    content: Any = json.loads(json.dumps(propose(large(CAST))[0][0]))
    more = [
        ("Ilse Brandt", "She counts the boats that leave, and owes money to every skipper on the quay."),
        ("Noor Haddad", "He repairs clocks for people who have nobody left to be late for."),
        ("Ruth Okafor", "She took the blame once, and would rather be asked than thanked for it."),
        ("Piet Vos", "He sells maps of streets that were never built, and sleeps badly since one was."),
    ]
    for name, line in more[: PEOPLE - len(content["characters"])]:
        content["characters"].append({"id": name, "name": name, "role": "supporting", "one_line_storyline": line})
    return json.dumps(content)


def writer(server: PartServer, name: str) -> ModelWriter:
    """A model that writes all fields, in parts, on this machine, within the times that suit it."""
    named = settings(server, model=f"openai:{name}", model_profile="full", model_parts="always")
    return ModelWriter(named, pause_seconds=0)


async def done(asked: ModelWriter, wanted: WriterRequest) -> tuple[list[PartsCame], Proposed]:
    items = [item async for item in asked.write(wanted)]
    end = items[-1]
    assert isinstance(end, Proposed)
    return [item for item in items if isinstance(item, PartsCame)], end


async def test_a_slow_model_finishes_a_cast_of_eight(pass_time: Clock) -> None:
    seconds = 240
    assert len(KEYS_OF_EIGHT) * seconds > LOCAL.total, "more than a stage may take that comes at once"
    pass_time.begin()
    with SlowServer(pass_time, seconds) as server:
        kept, end = await done(writer(server, "slow and steady"), large(CAST))
        asked = parts_asked(server)
    assert list(dict.fromkeys(asked)) == KEYS_OF_EIGHT
    assert [list(one.parts) for one in kept][-1] == KEYS_OF_EIGHT
    assert end.item_missing == ()
    assert len(Characters.model_validate(end.contents[0]).characters) == PEOPLE


async def test_a_part_that_takes_too_long_costs_itself(pass_time: Clock) -> None:
    pass_time.begin()
    with SlowServer(pass_time, 10, late={"person:2": 800}, **{"person:2": [broken()]}) as server:
        kept, end = await done(writer(server, "one is late"), large(CAST))
        asked = parts_asked(server)
    assert 2 <= asked.count("person:2") <= REQUESTS
    assert end.item_missing == (("/characters/2",),)
    assert list(kept[-1].parts) == [key for key in KEYS_OF_EIGHT if key != "person:2"]
    assert end.asked is not None
    assert "TIMED_OUT" in [one.cause for one in end.asked.attempts]


async def test_all_parts_together_have_a_bound_and_what_came_by_then_is_kept(pass_time: Clock) -> None:
    seconds = 880
    assert seconds < LOCAL.first
    assert len(KEYS_OF_EIGHT) * seconds > LOCAL.overall
    pass_time.begin()
    with SlowServer(pass_time, seconds) as server:
        kept, end = await done(writer(server, "slower"), large(CAST))
        asked = parts_asked(server)
    came = list(kept[-1].parts)
    assert came == KEYS_OF_EIGHT[: len(came)]
    assert 1 < len(came) < len(KEYS_OF_EIGHT)
    assert end.item_missing == (tuple(f"/characters/{at}" for at in range(len(came) - 1, PEOPLE)),)
    assert "did not come" in end.notes[0]
    assert len(asked) * seconds <= LOCAL.overall + seconds


async def test_a_stage_that_comes_at_once_has_the_time_of_one_part(pass_time: Clock) -> None:
    pass_time.begin()
    with SlowServer(pass_time, LOCAL.first - 100, whole=[broken()]) as server:
        named = settings(server, model="openai:at once", model_profile="full", model_parts="never")
        with pytest.raises(WriterError) as caught:
            await done(ModelWriter(named, pause_seconds=0), large(CAST))
        assert len(server.requests) == 2
    assert caught.value.code == "TIMED_OUT"


@pytest.mark.parametrize(
    ("place", "set_to", "parts", "seconds"),
    [
        ("http://127.0.0.1:8080/v1", None, 1, LOCAL.total),
        ("http://127.0.0.1:8080/v1", None, 4, 4 * LOCAL.total),
        ("http://127.0.0.1:8080/v1", None, 11, LOCAL.overall),
        ("https://models.example/v1", None, 11, REMOTE.overall),
        ("http://127.0.0.1:8080/v1", 60, 3, 180),
        ("http://127.0.0.1:8080/v1", 20_000, 3, 20_000),
    ],
    ids=["at once", "four parts", "eleven", "elsewhere", "shorter", "longer than all"],
)
def test_how_long_a_click_may_take(place: str, set_to: float | None, parts: int, seconds: float) -> None:
    assert limits_for(place, set_to).most(parts) == seconds


def test_the_bound_is_told_before() -> None:
    target = Target("own-server", "small", "http://127.0.0.1:8080/v1", profile="lean")
    size = prompt_size(target, large(CAST))
    assert size.parts == len(KEYS[CAST])
    assert size.seconds == LOCAL.most(len(KEYS[CAST])) == LOCAL.overall
