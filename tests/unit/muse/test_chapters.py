"""The muse's chapters: any plan gives plain paragraphs, of the length asked for, with no sentence twice."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from genesis_types.words import count_words

from application.chapter_writers import (
    Book,
    ChapterRequest,
    ChapterWritten,
    Figure,
    SceneDraft,
    SceneWritten,
)
from domain.project.plan import ChapterPlan
from infrastructure.writers.model.quality.finding import DATA
from infrastructure.writers.muse.chapters import MuseChapters
from infrastructure.writers.text_units import normal, sentences

ID = UUID(int=7)
EN = ChapterPlan(
    purpose="Show that Mara can no longer go back.",
    summary="Mara reaches the gate after dark. The gatekeeper knows her name. She pays with her father’s compass.",
    point_of_view="Mara Quill",
    place="the north gate",
    time="an hour after dark",
    who=("Mara Quill", "Osric"),
    goal="To get through the gate before the patrol comes.",
    conflict="Osric has been told to let nobody pass.",
    turning_point="Osric recognises the compass.",
    outcome="Mara is through, and there is no way back.",
    hook="Somebody has locked the gate from the outside.",
)
ZH = ChapterPlan(
    summary="秀贞天黑后到了城门。守门人认得她。她拿父亲的罗盘付了过路钱。",
    point_of_view="林秀贞",
    place="北城门",
    time="天黑后一个钟头",
    who=("林秀贞", "老周"),
    goal="赶在巡逻队来之前出城。",
    conflict="老周奉命谁也不放。",
    turning_point="老周认出了罗盘。",
    outcome="秀贞出了城，再也回不来。",
    hook="有人从外面把门锁上了。",
)
PLANS = {"en": EN, "zh": ZH}


def asked(language: str = "en", plan: ChapterPlan | None = None, **how: object) -> ChapterRequest:
    given = ChapterRequest(ID, ID, Book("A Book", language), "The Gate", PLANS[language] if plan is None else plan)
    return replace(given, **how)  # type: ignore[arg-type]


def written(request: ChapterRequest) -> tuple[list[SceneWritten], ChapterWritten, list[SceneDraft]]:
    async def run() -> list[SceneDraft | SceneWritten | ChapterWritten]:
        return [item async for item in MuseChapters().write_chapter(request)]

    items = asyncio.run(run())
    end = items[-1]
    assert isinstance(end, ChapterWritten)
    assert sum(isinstance(item, ChapterWritten) for item in items) == 1
    scenes = [item for item in items if isinstance(item, SceneWritten)]
    return scenes, end, [item for item in items if isinstance(item, SceneDraft)]


def text_of(scenes: list[SceneWritten]) -> str:
    return "\n".join(paragraph for one in scenes for paragraph in one.scene.paragraphs)


def repeated(text: str) -> list[str]:
    told = [normal(one) or one for one in sentences(text)]
    return sorted({one for one in told if told.count(one) > 1})


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("words", [300, 1_500, 4_000, 9_600])
def test_a_chapter_is_as_long_as_asked_and_says_nothing_twice(language: str, words: int) -> None:
    scenes, end, _ = written(asked(language, target_words=words))

    text = text_of(scenes)
    assert abs(count_words(text) - words) <= words * 0.15
    assert repeated(text) == []
    assert 2 <= len(scenes) <= 8
    assert all(count_words("\n".join(one.scene.paragraphs)) <= 1_260 for one in scenes)
    lasts = [one.scene.paragraphs[-1] for one in scenes]
    assert len(set(lasts)) == len(lasts)
    assert "{" not in text
    assert end.notes == ()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_that_happens_in_the_plan_is_told_in_its_order(language: str) -> None:
    scenes, end, _ = written(asked(language, target_words=1_500))

    text, plan = text_of(scenes).casefold(), PLANS[language]
    told = [plan.goal, plan.conflict, plan.turning_point, plan.outcome, plan.hook]
    places = [text.index(one.casefold()) for one in told]
    assert places == sorted(places)
    assert plan.place.casefold() in text
    assert plan.who[1] in text_of(scenes)
    assert scenes[-1].scene.paragraphs[-1].casefold().endswith(plan.hook.casefold())
    assert plan.outcome in end.summary


@pytest.mark.parametrize("language", ["en", "zh"])
def test_talk_and_description_take_turns(language: str) -> None:
    scenes, _, _ = written(asked(language, target_words=1_500))

    for one in scenes:
        spoken = ["“" in paragraph for paragraph in one.scene.paragraphs]
        runs = [0]
        for is_spoken in spoken:
            runs.append(0 if is_spoken else runs[-1] + 1)
        assert any(spoken)
        assert max(runs) <= 6


def test_equal_requests_give_equal_chapters_and_another_one_gives_another() -> None:
    one, same, other = (written(asked(correlation_id=UUID(int=n)))[0] for n in (7, 7, 8))

    assert text_of(one) == text_of(same) != text_of(other)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_broken_off_after_any_scene_it_goes_on_as_it_would_have(language: str) -> None:
    request = asked(language, target_words=4_000, before=("The lamp went out.",))
    whole, end, _ = written(request)

    for at in range(1, len(whole) + 1):
        kept = tuple(one.scene for one in whole[:at])
        rest, rest_end, drafts = written(replace(request, kept=kept))
        assert [one.scene for one in rest] == [one.scene for one in whole[at:]]
        assert rest_end == end
        assert all(one.scene.number > at for one in drafts)


def test_scenes_that_somebody_else_wrote_are_not_said_again() -> None:
    whole, _, _ = written(asked(target_words=1_500))
    foreign = replace(whole[0].scene, paragraphs=whole[1].scene.paragraphs)

    rest, _, _ = written(asked(target_words=1_500, kept=(foreign,)))

    assert repeated(text_of([SceneWritten(foreign), *rest])) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chapter_of_which_nothing_is_known_is_written_and_says_so(language: str) -> None:
    scenes, end, _ = written(asked(language, ChapterPlan(), title="🐙" * 500, target_words=800))

    assert repeated(text_of(scenes)) == []
    assert end.summary
    assert len(end.notes) == 1


def test_drafts_grow_to_the_whole_scene() -> None:
    scenes, _, drafts = written(asked(target_words=600))

    for one in scenes:
        grown = [draft for draft in drafts if draft.scene.number == one.scene.number]
        assert grown[-1].scene == one.scene
        assert len(grown) > 3
    percents = [draft.percent for draft in drafts]
    assert percents == sorted(percents)
    assert percents[0] > 0
    assert percents[-1] < 100


def test_instructions_are_followed_or_named() -> None:
    said = "Write in first person. No dialogue. Do not mention the lamp. Make it heartbreaking"
    scenes, end, _ = written(asked(instructions=said, target_words=1_000))

    text = text_of(scenes)
    assert "“" not in text
    assert "lamp" not in text
    assert " I " in text
    assert " my " in text
    assert len(end.notes) == 1
    assert "heartbreaking" in end.notes[0]


def test_a_chinese_instruction_is_followed() -> None:
    scenes, end, _ = written(asked("zh", instructions="用第一人称。不要写油灯。", target_words=800))

    assert "油灯" not in text_of(scenes)
    assert "我" in text_of(scenes)
    assert end.notes == ()


def test_what_it_cannot_do_is_said() -> None:
    long = ChapterPlan(who=("Ann",), conflict="the river rises " * 400)
    _, end, _ = written(asked("en", long, book=Book("B", "fr"), target_words=60_000))

    assert [next(word for word in ("fr", "stranger", "beginnings", "60000") if word in one) for one in end.notes] == [
        "fr",
        "stranger",
        "beginnings",
        "60000",
    ]


def test_nobody_is_called_by_a_sex_that_nobody_told() -> None:
    plan = ChapterPlan(who=("Robin Xu", "Ann"))
    known = Book("B", "en", people=(Figure("Robin Xu", "She keeps bees, and her hands show it."),))

    unknown = text_of(written(asked("en", plan))[0])
    told = text_of(written(asked("en", plan, book=known))[0])

    assert " she " not in unknown
    assert " her " not in unknown
    assert " her " in told
    assert " their " not in told


def test_no_worn_phrase_is_written() -> None:
    worn = DATA.joinpath("worn.toml").read_text(encoding="utf-8").split("phrases")[1]
    phrases = [part for part in worn.split('"')[1::2] if part.strip()]
    text = text_of(written(asked(target_words=9_600))[0]) + text_of(written(asked("zh", target_words=9_600))[0])

    assert [phrase for phrase in phrases if phrase in text.casefold()] == []
