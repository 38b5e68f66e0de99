"""What a model was sent, over real HTTP: written down part by part as it left, with what came of each request."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from genesis_types.enums import GenesisStage

from application.writers import Proposed, WriterError
from domain.genesis.asked import AttemptMade
from infrastructure.writers.model.writer import ModelWriter
from tests.support.long_session import long_sessions
from tests.support.misbehaving_server import LIMITS, MisbehavingServer
from tests.support.misbehaviours import MISBEHAVIOURS
from tests.support.model_answers import muse_answer, settings, told
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import request, written

ANSWERED = [name for name, one in MISBEHAVIOURS.items() if isinstance(one.gives, int)]


def message(attempt: AttemptMade, texts: dict[str, str], role: str) -> str:
    return "\n\n".join(texts[part.hash] for part in attempt.parts if part.role == role)


@pytest.mark.parametrize("name", ANSWERED)
async def test_every_request_can_be_put_together_again_from_its_parts(name: str) -> None:
    with MisbehavingServer(MISBEHAVIOURS[name]) as server:
        writer = ModelWriter(settings(server, model=f"openai:sent {name}"), limits=LIMITS, pause_seconds=0)
        _, end = await written(writer, request(count=3))
    assert end.asked is not None
    texts = dict(end.texts)
    assert len(end.asked.attempts) == len(server.requests)
    for attempt, (_, _, body) in zip(end.asked.attempts, server.requests, strict=True):
        assert (message(attempt, texts, "system"), message(attempt, texts, "user")) == told(body)
        assert attempt.parameters["stream"] == body.get("stream", False)
        assert attempt.parameters.get("temperature") == body.get("temperature")
    assert [one.number for one in end.asked.attempts] == list(range(1, len(server.requests) + 1))
    assert all(one.cause for one in end.asked.attempts[:-1])
    assert all(sha256(text.encode()).hexdigest() == key for key, text in texts.items())


async def test_each_attempt_says_why_the_one_before_was_not_taken_and_what_it_used() -> None:
    prose = Behaviour(answer=lambda _: "Once there was a keeper.", as_text=True)
    with OpenAIServer(prose, Behaviour(answer=muse_answer)) as server:
        writer = ModelWriter(settings(server, model="openai:prose first"), pause_seconds=0)
        drafts, end = await written(writer, request(count=1))
    assert end.asked is not None
    assert [one.cause for one in end.asked.attempts] == ["BROKEN_ANSWER", None]
    assert [(one.input_tokens, one.output_tokens) for one in end.asked.attempts] == [(1200, 800)] * 2
    told_of = [draft.attempt for draft in drafts if draft.attempt is not None]
    assert [(one.number, one.of, one.why) for one in (told_of[0], told_of[-1])] == [
        (1, 3, None),
        (2, 3, "BROKEN_ANSWER"),
    ]
    assert any("Once there was" in draft.raw for draft in drafts), "its words are shown from the first on"
    percents = [draft.percent for draft in drafts]
    assert percents == sorted(percents)


async def test_a_failure_says_what_it_had_sent() -> None:
    with MisbehavingServer(MISBEHAVIOURS["gives prose"]) as server:
        writer = ModelWriter(settings(server, model="openai:only prose"), limits=LIMITS, pause_seconds=0)
        with pytest.raises(WriterError) as caught:
            await written(writer, request(count=3))
    sent = caught.value.sent
    assert sent is not None
    assert [one.cause for one in sent.asked.attempts] == ["BROKEN_ANSWER"] * 3
    assert sent.model == "only prose"


async def test_a_request_that_is_broken_off_is_written_down_as_such() -> None:
    with OpenAIServer(Behaviour(answer=muse_answer, stop_after=40, hang=True)) as server:
        writer = ModelWriter(settings(server, model="openai:hangs"), limits=LIMITS, pause_seconds=0)
        with pytest.raises(WriterError) as caught:
            await written(writer, request(count=1))
    assert caught.value.sent is not None
    assert [one.cause for one in caught.value.sent.asked.attempts] == ["WENT_SILENT"]


async def test_what_does_not_fit_is_said_before_anything_is_sent() -> None:
    plot = next(one for one in await long_sessions("en") if one.stage is GenesisStage.PLOT_OUTLINE)
    with OpenAIServer(Behaviour(answer=muse_answer)) as server:
        writer = ModelWriter(settings(server, model="openai:tiny", model_context_tokens=2_048))
        with pytest.raises(WriterError) as caught:
            await written(writer, plot.refinement)
    assert server.requests == []
    assert (caught.value.code, caught.value.retryable) == ("DOES_NOT_FIT", False)
    assert "GENESIS_MODEL_CONTEXT_TOKENS" in caught.value.message


async def test_a_small_context_is_told_less_and_the_writer_hears_of_it() -> None:
    world = next(one for one in await long_sessions("en") if one.stage is GenesisStage.WORLDVIEW)
    ends: list[Proposed] = []
    bodies: list[dict[str, Any]] = []
    for context in (8_192, 65_536):
        with OpenAIServer(Behaviour(answer=lambda _: json.dumps(world.refinement.target.content))) as server:  # type: ignore[union-attr]
            small = settings(server, model=f"openai:reads {context}", model_context_tokens=context)
            _, end = await written(ModelWriter(small), world.first)
        ends.append(end)
        bodies.append(server.requests[0][2])
    assert len(told(bodies[0])[1]) < 0.7 * len(told(bodies[1])[1])
    assert ends[0].asked is not None
    assert ends[0].asked.left_out == ("confirmed",)
    assert "summary" in " ".join(ends[0].notes)
    assert ends[1].notes == ()
    assert bodies[0]["max_tokens"] <= 8_192


@pytest.mark.parametrize("fewer", [False, True])
async def test_fewer_details_are_asked_for_in_this_request_only(fewer: bool) -> None:
    with OpenAIServer(Behaviour(answer=muse_answer)) as server:
        writer = ModelWriter(settings(server, model=f"openai:details {fewer}", model_profile="full"))
        asked = request(count=1)
        work = asked.work.model_copy(update={"fewer_details": fewer})
        for one in (work, asked.work):
            await written(writer, replace(asked, work=one))
    lean, usual = (("comparable_titles" not in json.dumps(body["response_format"])) for _, _, body in server.requests)
    assert (lean, usual) == (fewer, False)


async def test_what_could_not_be_mended_is_told_of_each_proposal() -> None:
    def twins(body: dict[str, Any]) -> str:
        one = json.loads(muse_answer(body))["proposals"][0]
        return json.dumps({"proposals": [one, one | {"title": one["title"] + " II"}]})

    with OpenAIServer(Behaviour(answer=twins)) as server:
        writer = ModelWriter(settings(server, model="openai:twins"))
        _, end = await written(writer, request(count=2))
    assert end.asked is not None
    assert [one.cause for one in end.asked.attempts] == ["FLAWED", None]
    mend = next(part for part in end.asked.attempts[1].parts if part.name == "mend")
    assert "almost the same" in end.texts[mend.hash]
    assert end.item_notes[0] == ()
    assert "almost the same" in " ".join(end.item_notes[1])
