"""Who writes: what the session chose, else the usual order; and the next one, with the reason, when one cannot."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.notes import note_codes
from application.writers import Draft, Proposed, Writer, WriterError, WriterRequest
from infrastructure.identity.authentication import Authentication
from infrastructure.postgres.pool import Pool
from infrastructure.secret_box import SecretBox
from infrastructure.settings import Settings
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import Choice, Stored
from infrastructure.writers.factory import make_writer
from infrastructure.writers.model import ladder
from tests.support.model_answers import KEY, muse_answer
from tests.support.models import fails, works
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import SESSION, request, written


@dataclass
class Desk:
    """One account's models, and a worker that asks them."""

    connections: ModelConnections
    user_id: UUID
    writer: Writer
    settings: Settings

    async def keep(self, name: str, server: OpenAIServer, **more: Any) -> Stored:
        values = {"name": name, "preset": "other", "model": f"{name}-1", "base_url": server.url(), "profile": "auto"}
        return await self.connections.add(self.user_id, values | more, KEY)

    async def choose(self, choice: Choice) -> None:
        assert await self.connections.choose(self.user_id, SESSION, choice)

    def request(self, language: str = "en", count: int = 1) -> WriterRequest:
        return replace(request(count=count, language=language), user_id=self.user_id)

    async def write(self, language: str = "en") -> tuple[list[Draft], Proposed]:
        return await written(self.writer, self.request(language))

    async def fail(self) -> WriterError:
        with pytest.raises(WriterError) as failed:
            await self.write()
        return failed.value


def desk_with(pool: Pool, user_id: UUID, home: Path, **more: Any) -> Desk:
    settings = Settings(home=home, muse_pace_seconds=0, **more)
    connections = ModelConnections(pool, SecretBox(home))
    return Desk(connections, user_id, make_writer(settings, connections), settings)


@pytest.fixture
async def owner(pool: Pool) -> UUID:
    return (await Authentication(pool, lambda: datetime.now(UTC)).ensure_owner()).id


@pytest.fixture
async def desk(pool: Pool, owner: UUID, tmp_path: Path) -> AsyncIterator[Desk]:
    ladder._KNOWN.clear()
    yield desk_with(pool, owner, tmp_path)
    ladder._KNOWN.clear()


async def test_without_a_model_the_muse_writes_and_with_one_it_does_from_the_next_on(desk: Desk) -> None:
    assert (await desk.write())[1].writer == "muse"
    with OpenAIServer(works()) as server:
        kept = await desk.keep("first", server, input_price=1, output_price=2)
        _, end = await desk.write()
        assert (end.writer, end.model, end.label) == ("model", "first-1", "connection:other")
        assert (end.cost_usd, end.price_source) == (pytest.approx(0.0028), "the price of this connection")
        assert server.requests[0][1]["authorization"] == f"Bearer {KEY}"
        await desk.connections.change(desk.user_id, kept.id, {}, key="another-key-of-mine")
        await desk.write()
        assert server.requests[-1][1]["authorization"] == "Bearer another-key-of-mine"
        await desk.choose("muse")
        assert (await desk.write())[1].writer == "muse"
        await desk.choose(None)
        await desk.connections.remove(desk.user_id, kept.id)
        assert (await desk.write())[1].writer == "muse"
        assert len(server.requests) == 2


async def test_the_default_writes_and_a_session_has_its_own(desk: Desk) -> None:
    with OpenAIServer(works()) as server:
        await desk.keep("first", server)
        second = await desk.keep("second", server)
        assert (await desk.write())[1].model == "first-1"
        await desk.choose(second.id)
        assert (await desk.write())[1].model == "second-1"
        other = replace(desk.request(), session_id=UUID(int=99))
        assert (await written(desk.writer, other))[1].model == "first-1", "of another session"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "“first” was not used: its key was refused."), ("zh", "没有使用“first”：它的密钥被拒绝。")],
)
async def test_the_next_in_line_writes_and_says_why(desk: Desk, language: str, said: str) -> None:
    with OpenAIServer(fails(401, "Incorrect API key")) as broken, OpenAIServer(works()) as good:
        await desk.keep("first", broken)
        await desk.keep("second", good)
        drafts, end = await desk.write(language)
        assert (end.model, len(broken.requests), len(good.requests)) == ("second-1", 1, 1)
        assert end.notes[0].startswith(said)
        assert any(said in draft.message for draft in drafts)
        assert end.usage["requests"] == 1


async def test_a_server_that_is_gone_is_not_waited_for_when_there_is_another(desk: Desk) -> None:
    with OpenAIServer(works()) as gone:
        await desk.keep("first", gone)
    with OpenAIServer(fails(429, "slow down")) as busy, OpenAIServer(works()) as good:
        await desk.keep("second", busy)
        await desk.keep("third", good)
        _, end = await desk.write()
        assert (end.model, len(busy.requests), len(good.requests)) == ("third-1", 1, 1)
        assert [note.split(":")[0] for note in end.notes] == ["“first” was not used", "“second” was not used"]


async def test_what_the_others_used_is_counted_and_a_click_costs_three_requests_at_most(desk: Desk) -> None:
    prose = Behaviour(answer=lambda _: "Once upon a time.", as_text=True)
    with OpenAIServer(prose) as first, OpenAIServer(works()) as second:
        await desk.keep("first", first, input_price=1, output_price=2)
        await desk.keep("second", second, input_price=0, output_price=0)
        _, end = await desk.write()
        assert (len(first.requests), len(second.requests)) == (2, 1)
        assert (end.usage["requests"], end.usage["output_tokens"]) == (3, 2_400)
        assert end.cost_usd == pytest.approx(0.0056)


async def test_when_nobody_can_the_first_ones_failure_is_told_and_nobody_is_asked_again(desk: Desk) -> None:
    with OpenAIServer(fails(402, "Insufficient credits")) as first, OpenAIServer(fails(404, "no such model")) as second:
        await desk.keep("first", first)
        await desk.keep("second", second)
        failed = await desk.fail()
        assert (failed.code, failed.retryable, failed.label) == ("NO_CREDIT", False, "connection:other")
        assert failed.message.startswith("“first”: The model's account has no credit")
        assert failed.message.endswith("The next in line could not write either.")
        assert [(one.code, one.values) for one in note_codes(failed.notes)] == [
            ("failed.model", {"name": "first"}),
            ("failed.next", {}),
        ]
        assert (len(first.requests), len(second.requests)) == (1, 1)


async def test_what_a_model_declines_is_not_passed_on_to_another(desk: Desk) -> None:
    declines = Behaviour(answer=lambda _: "I'm sorry, but I can't help with that.", as_text=True)
    with OpenAIServer(declines) as first, OpenAIServer(works()) as second:
        await desk.keep("first", first)
        await desk.keep("second", second)
        assert (await desk.fail()).code == "REFUSED"
        assert second.requests == []


async def test_an_unreadable_key_is_said_and_the_rest_goes_on(desk: Desk, tmp_path: Path) -> None:
    with OpenAIServer(works()) as server:
        await desk.keep("first", server)
        (tmp_path / "secret.key").unlink()
        failed = await desk.fail()
        assert (failed.code, failed.retryable) == ("KEY_UNREADABLE", False)
        assert "enter it again" in failed.message
        assert server.requests == []
        await desk.keep("second", server)
        _, end = await desk.write()
        assert end.model == "second-1"
        assert "another secret key" in end.notes[0]
        (instead,) = note_codes(end.notes)
        assert (instead.code, instead.values["failed"], instead.values["used"]) == ("instead", "first", "second")
        assert instead.values["why"] == {"code": "why.KEY_UNREADABLE", "values": {}}


async def test_what_one_process_learnt_another_uses(desk: Desk, pool: Pool, tmp_path: Path) -> None:
    class Picky(OpenAIServer):
        def behaviour(self, body: dict[str, Any]) -> Behaviour:
            if "response_format" in body:
                return fails(400, "response_format is not supported")
            return Behaviour(answer=muse_answer)

    with Picky() as server:
        kept = await desk.keep("first", server)
        await desk.write()
        assert len(server.requests) == 2
        found = await desk.connections.get(desk.user_id, kept.id)
        assert found is not None
        assert (found.learned or {})["rung"] == "tool"
        ladder._KNOWN.clear()  # as in a process that has just begun
        await desk_with(pool, desk.user_id, tmp_path).write()
        assert len(server.requests) == 3, "it is asked at once in the form that works"


async def test_the_settings_model_comes_first_and_a_session_may_still_choose(
    desk: Desk, pool: Pool, tmp_path: Path
) -> None:
    with OpenAIServer(works()) as named, OpenAIServer(works()) as server:
        there = desk_with(pool, desk.user_id, tmp_path, model="named", model_base_url=named.url())
        kept = await there.keep("kept", server)
        _, end = await there.write()
        assert (end.model, end.label) == ("named", None)
        await there.choose(kept.id)
        assert (await there.write())[1].model == "kept-1"
        await there.choose("environment")
        assert (await there.write())[1].model == "named"


async def test_settings_that_cannot_be_used_are_passed_over(desk: Desk, pool: Pool, tmp_path: Path) -> None:
    with OpenAIServer(works()) as server:
        there = desk_with(pool, desk.user_id, tmp_path, model="nobody-knows-it")
        failed = await there.fail()
        assert (failed.code, failed.tries) == ("UNKNOWN_MODEL", 0)
        await there.keep("kept", server)
        _, end = await there.write()
        assert end.model == "kept-1"
        assert end.notes[0].startswith("“nobody-knows-it” was not used: nobody knows a model of its name.")


async def test_anothers_models_are_not_asked(desk: Desk) -> None:
    with OpenAIServer(works()) as server:
        kept = await desk.keep("kept", server)
        stranger = replace(desk.request(), user_id=UUID(int=5))
        assert (await written(desk.writer, stranger))[1].writer == "muse"
        assert not await desk.connections.choose(UUID(int=5), SESSION, kept.id)
        assert server.requests == []


async def test_a_context_that_is_known_bounds_the_answer(desk: Desk) -> None:
    with OpenAIServer(works()) as server:
        await desk.keep("small", server, context_tokens=3_000)
        await desk.write()
        assert 0 < server.requests[-1][2]["max_tokens"] <= 1_500


async def test_a_context_that_is_too_small_costs_no_request_and_the_next_may_ask_three_times(desk: Desk) -> None:
    prose = Behaviour(answer=lambda _: "Once upon a time.", as_text=True)
    with OpenAIServer(works()) as small, OpenAIServer(prose) as second:
        await desk.keep("small", small, context_tokens=1_024)
        failed = await desk.fail()
        assert (failed.code, failed.tries) == ("DOES_NOT_FIT", 0)
        await desk.keep("second", second)
        failed = await desk.fail()
        assert (failed.code, failed.tries) == ("DOES_NOT_FIT", 3)
        assert (len(small.requests), len(second.requests)) == (0, 3)


@pytest.mark.parametrize(
    ("base_url", "hosts", "asked"),
    [("http://169.254.169.254/v1", "", False), (None, "studio.example.org", False), (None, "", True)],
    ids=["link-local", "of a stranger", "nobody else comes in"],
)
async def test_an_address_is_looked_at_again_before_it_is_called(
    desk: Desk, pool: Pool, tmp_path: Path, base_url: str | None, hosts: str, *, asked: bool
) -> None:
    user_id = UUID(int=11)
    async with pool.connection() as connection:
        await connection.execute("INSERT INTO users (id, name, name_key) VALUES (%s, 'Bo', 'bo')", (user_id,))
    with OpenAIServer(works()) as server:
        there = desk_with(pool, user_id, tmp_path, hosts=hosts)
        await there.keep("kept", server, **({"base_url": base_url} if base_url else {}))
        if asked:
            assert (await there.write())[1].model == "kept-1"
        else:
            failed = await there.fail()
            assert (failed.code, failed.tries) == ("ADDRESS_NOT_ALLOWED", 0)
            assert server.requests == []
