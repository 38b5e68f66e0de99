"""The muse writes chosen paragraphs otherwise: plainly, in both languages, the same again after a break."""

import asyncio
from dataclasses import replace
from typing import get_args
from uuid import UUID

import pytest
from genesis_types.words import count_words

from application.chapter_writers import Book, ChapterRequest, ChapterWritten, Passages, SceneWritten
from domain.chapter.selection import Wish
from domain.project.plan import ChapterPlan
from infrastructure.writers.muse.chapters import MuseChapters

EN = (
    "Mara came to the gate at dusk. The guard did not look up from his list, and nobody else was waiting in the rain.",
    "She had walked for three days.",
)
ZH = ("林晓雨在黄昏走到门口。守门人没有抬头，雨里没有别的人在等。", "她走了三天。")


def request(language: str, wish: Wish) -> ChapterRequest:
    texts, who = (EN, ("Mara", "Osric")) if language == "en" else (ZH, ("林晓雨", "周海生"))
    passages = Passages(wish, () if wish == "continue" else texts, before=(texts[0],), after=(texts[1],))
    plan = ChapterPlan(who=who)
    return ChapterRequest(UUID(int=5), UUID(int=5), Book("A Book", language), "The Gate", plan, passages=passages)


def write(asked: ChapterRequest) -> tuple[list[SceneWritten], ChapterWritten]:
    async def run() -> list[object]:
        return [item async for item in MuseChapters().write_chapter(asked)]

    items = asyncio.run(run())
    (end,) = [item for item in items if isinstance(item, ChapterWritten)]
    return [item for item in items if isinstance(item, SceneWritten)], end


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wish", get_args(Wish))
def test_each_wish_gives_a_passage_for_each_paragraph_and_says_how(language: str, wish: Wish) -> None:
    asked = request(language, wish)
    passages, end = write(asked)
    texts = EN if language == "en" else ZH
    assert [one.scene.number for one in passages] == ([1] if wish == "continue" else [1, 2])
    assert all(one.spent is not None and not one.spent.usage for one in passages)
    said = [" ".join(one.scene.paragraphs) for one in passages]
    if wish == "shorter":
        assert count_words(said[0]) < count_words(texts[0])
        assert said[0] == texts[0][: len(said[0])]
        assert said[1] == texts[1]  # one sentence stays
    elif wish == "continue":
        assert count_words(said[0]) > 100
        assert texts[0] not in said[0]
    else:
        assert all(one.startswith(text) and len(one) > len(text) for one, text in zip(said, texts, strict=True))
    assert len(end.notes) == (0 if wish == "continue" else 1)
    assert end.summary == ""


@pytest.mark.parametrize("wish", ["longer", "voice", "show"])
def test_what_was_kept_is_not_written_again_and_the_rest_is_the_same(wish: Wish) -> None:
    asked = request("en", wish)
    whole, _ = write(asked)
    rest, _ = write(replace(asked, kept=(whole[0].scene,)))
    assert rest == whole[1:]
    assert write(asked)[0] == whole
