"""Builds what a writer of chapters is given, from what is recorded of its book: the same again for a repeated run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from application.chapter_writers import Book, ChapterRequest, Figure, Scene, Told
from application.recorded_texts import items_of, lines_of, said_of, text_of
from domain.chapter.chapter import Chapter
from domain.chapter.draft_events import ChapterDraftRequested, SceneDrafted
from domain.project.plan import ChapterPlan
from domain.project.style import LONGEST_SAMPLE, NO_STYLE, Style
from domain.prose.machine import worn_counts

USUAL_WORDS = 1_500
"""Of a chapter of which nothing says how long it is to be."""

LONGEST_SUMMARY = 1_200
LONGEST_TAIL = 2_500
MOST_RULES = 12
LATEST_CHAPTERS = 10
"""Before the chapter, in which worn phrases are counted."""

MOST_WORN = 12

_PERSON = ("one_line_storyline", "appearance", "want", "flaw", "secret")
_PLACE = ("description", "significance")


@dataclass(frozen=True, slots=True)
class Planned:
    """A chapter of the contents. `summary`: of what was accepted in it, empty before."""

    chapter_id: UUID
    title: str
    plan: ChapterPlan
    summary: str


@dataclass(frozen=True, slots=True)
class Material:
    """What is recorded of a book at one moment. `stages`: confirmed in the session that it was made from.

    `chapters` in reading order, those that were removed left out, but for the one that is asked about; `tail`: the
    paragraphs that it goes on from, its own or those of the chapter before. The versions say how new all of it is.
    `style`: the project's. `recent`: the paragraphs of the last LATEST_CHAPTERS chapters before this one, and its own.
    """

    title: str
    language: str
    logline: str
    genre: str
    audience: str
    stages: Mapping[GenesisStage, Mapping[str, JsonValue]]
    chapters: tuple[Planned, ...]
    tail: tuple[str, ...]
    project_version: int
    chapter_version: int
    style: Style = NO_STYLE
    recent: tuple[tuple[str, ...], ...] = ()


class Materials(Protocol):
    async def of(self, project_id: UUID, chapter_id: UUID, user_id: UUID) -> Material | None:
        """What is recorded of the chapter's book; None where there is no such chapter of this user's."""


def chapter_request(material: Material, chapter: Chapter, work: ChapterDraftRequested) -> ChapterRequest:
    """What is asked of a writer for `work`."""
    index = next(n for n, one in enumerate(material.chapters) if one.chapter_id == chapter.chapter_id)
    own, following = material.chapters[index], material.chapters[index + 1 : index + 2]
    return ChapterRequest(
        correlation_id=work.correlation_id,
        user_id=chapter.user_id,
        book=_book(material, own.plan),
        title=own.title,
        plan=own.plan,
        earlier=tuple(
            Told(one.title, said[:LONGEST_SUMMARY])
            for one in material.chapters[:index]
            if (said := one.summary or one.plan.summary)
        ),
        before=_end_of(material.tail),
        next_title=following[0].title if following else "",
        next_plan=following[0].plan if following else None,
        instructions=work.instructions,
        target_words=work.target_words or own.plan.target_words or USUAL_WORDS,
        writer=work.writer,
        kept=tuple(_scene(scene) for scene in chapter.scenes),
        worn=_worn(material, style_of(material)),
    )


def style_of(material: Material) -> Style:
    """The project's style; one without a word of it has that of the story in its session."""
    if material.style != NO_STYLE:
        return material.style
    guide = material.stages.get(GenesisStage.STORY_CONCEPTION, {}).get("style_guide")
    if not isinstance(guide, dict):
        return NO_STYLE
    lines = {name: tuple(one[:400] for one in lines_of(guide, name) if one.strip()) for name in ("rules", "banned")}
    return Style(
        sample=text_of(guide, "sample")[:LONGEST_SAMPLE], rules=lines["rules"][:50], banned=lines["banned"][:200]
    )


def _worn(material: Material, style: Style) -> tuple[tuple[str, int], ...]:
    """What was written twice or more, the most frequent first."""
    counted = worn_counts(material.recent, material.language, style.sample)
    found = sorted((phrase, count) for phrase, count in counted.items() if count > 1)
    return tuple(sorted(found, key=lambda one: -one[1])[:MOST_WORN])


def _scene(scene: SceneDrafted) -> Scene:
    return Scene(scene.number, scene.of, scene.aim, scene.paragraphs, scene.ahead)


def _book(material: Material, plan: ChapterPlan) -> Book:
    concept = material.stages.get(GenesisStage.CONCEPT_SELECTION, {})
    story = material.stages.get(GenesisStage.STORY_CONCEPTION, {})
    world = material.stages.get(GenesisStage.WORLDVIEW, {})
    people = material.stages.get(GenesisStage.CHARACTERS, {})
    named = {name.casefold() for name in (*plan.who, plan.point_of_view) if name}
    return Book(
        title=material.title,
        language=material.language,
        logline=material.logline or text_of(concept, "logline"),
        genre=material.genre or text_of(concept, "genre"),
        audience=material.audience or text_of(concept, "target_audience"),
        tone=text_of(story, "tone") or text_of(concept, "tone"),
        people=tuple(
            Figure(text_of(one, "name"), said_of(one, _PERSON))
            for one in items_of(people, "characters")
            if named & {name.casefold() for name in (text_of(one, "name"), *lines_of(one, "aliases"))}
        ),
        places=tuple(
            Figure(name, said_of(one, _PLACE))
            for one in items_of(world, "locations")
            if (name := text_of(one, "name")) and name.casefold() in plan.place.casefold()
        ),
        rules=tuple(said_of(one, ("statement", "cost")) for one in items_of(world, "rules"))[:MOST_RULES],
        style=style_of(material),
    )


def _end_of(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """The last of them that are together no longer than LONGEST_TAIL; the very last in any case, its end."""
    kept: list[str] = []
    left = LONGEST_TAIL
    for one in reversed([text for text in paragraphs if text.strip()]):
        if kept and len(one) > left:
            break
        kept.append(one[-LONGEST_TAIL:])
        left -= len(one)
    return tuple(reversed(kept))
