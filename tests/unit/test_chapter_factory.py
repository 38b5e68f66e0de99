"""Who writes chapters, and what they cost before they are written."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from application.chapter_writers import Book, ChapterRequest, ChapterWritten
from domain.project.plan import ChapterPlan
from infrastructure.settings import Settings
from infrastructure.writers.chapter_estimates import chapter_cost
from infrastructure.writers.chapter_factory import make_chapter_writer
from infrastructure.writers.model.targets import target_of
from infrastructure.writers.muse.chapters import MuseChapters
from infrastructure.writers.pricing import FlatPricing, ModelPricing

ID = UUID(int=1)
REQUEST = ChapterRequest(ID, ID, Book("A Book", "en"), "One", ChapterPlan(), target_words=1_500)


def test_without_a_model_the_muse_writes() -> None:
    assert isinstance(make_chapter_writer(Settings(model="muse")), MuseChapters)


def test_the_muse_is_there_when_it_is_asked_for() -> None:
    async def last() -> object:
        writer = make_chapter_writer(Settings(model="openai:gpt-4o", muse_pace_seconds=0))
        return [item async for item in writer.write_chapter(replace(REQUEST, writer="muse"))][-1]

    end = asyncio.run(last())
    assert isinstance(end, ChapterWritten)
    assert end.writer == "muse"


def test_a_chapter_has_a_range_and_kept_scenes_cost_nothing_again() -> None:
    named = Settings(model="openai:gpt-4o")
    pricing = ModelPricing(target_of(named), 16_000, (Decimal(2), Decimal(10)), listed=False)

    low, high = chapter_cost(pricing, REQUEST)
    assert 0 < low < high
    assert chapter_cost(pricing, replace(REQUEST, target_words=6_000))[0] > low
    assert chapter_cost(FlatPricing(0), REQUEST) == (0, 0)
