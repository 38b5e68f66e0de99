"""Ideas by the muse: from the keyword, whole, different from each other, the same again, in both languages."""

import asyncio
import re
from dataclasses import replace

import pytest
from genesis_types.enums import AudienceLevel, Intent

from application.idea_writers import IdeaDraft, IdeaRequest, IdeasWritten, StepWritten, with_step
from domain.project.ideas import ArgumentThesis, Landscape, NarrativeThesis
from infrastructure.writers.muse.ideas import MuseIdeas
from tests.support.ideas import idea_request

HOSTILE = ["salt", "why do cats purr?", "<b>{x}$k|[a]</b>", "“盐”", "k" * 200, "🧂", "$", "The Salt, the Tide; & more"]


def made(request: IdeaRequest) -> list[StepWritten]:
    async def run() -> list[StepWritten]:
        items = [item async for item in MuseIdeas().write_ideas(request)]
        assert isinstance(items[-1], IdeasWritten)
        drafts = [item.percent for item in items if isinstance(item, IdeaDraft)]
        assert drafts == sorted(drafts)
        return [item for item in items if isinstance(item, StepWritten)]

    return asyncio.run(run())


@pytest.mark.parametrize("language", ["en", "zh", "fr"])
@pytest.mark.parametrize("intent", list(Intent))
def test_three_steps_come_and_the_concepts_differ(intent: Intent, language: str) -> None:
    landscape, thesis, concepts = (one.made for one in made(idea_request(intent=intent, language=language)))
    assert isinstance(landscape, Landscape)
    assert isinstance(thesis, NarrativeThesis if intent is Intent.FICTION else ArgumentThesis)
    assert isinstance(concepts, tuple)
    assert 3 <= len(concepts) <= 5
    assert len({one.title for one in concepts}) == len({one.angle for one in concepts}) == len(concepts)
    assert all("salt" in topic.name for topic in landscape.topics)
    assert all("salt" in f"{one.title} {one.logline}".casefold() for one in concepts), "each is a book about it"
    chinese = bool(re.search("[一-鿿]", concepts[0].logline))
    assert chinese == (language == "zh")


@pytest.mark.parametrize("keyword", HOSTILE, ids=lambda text: text[:20])
@pytest.mark.parametrize("intent", list(Intent))
def test_any_keyword_stands_as_it_was_typed(keyword: str, intent: Intent) -> None:
    steps = made(idea_request(keyword=keyword, intent=intent))
    landscape = steps[0].made
    assert isinstance(landscape, Landscape)
    assert keyword in landscape.topics[0].name
    assert not re.search(r"\$[kKq]\b", landscape.topics[0].about.replace(keyword, ""))


def test_the_same_project_gets_the_same_and_what_came_is_not_made_again() -> None:
    request = idea_request()
    steps = made(request)
    assert made(replace(request, correlation_id=request.project_id)) == steps
    assert made(with_step(request, steps[0])) == steps[1:]


def test_readers_are_those_who_were_named_or_the_level_asks_for() -> None:
    level = made(idea_request(intent=Intent.NON_FICTION, audience_level=AudienceLevel.EXPERT))[2].made
    named = made(idea_request(intent=Intent.NON_FICTION, audience="sailors"))[2].made
    assert isinstance(level, tuple)
    assert isinstance(named, tuple)
    assert {one.audience for one in level} == {"readers who work in the field"}
    assert {one.audience for one in named} == {"sailors"}
