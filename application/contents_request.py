"""Builds what a writer of contents is given, from what is recorded of its book: the same again for a repeated run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from application.chapter_context import MOST_RULES
from application.chapter_request import USUAL_WORDS
from application.chapter_writers import Book, Figure
from application.contents_writers import ContentsRequest, OutlinedChapter, PlotBeat, PlotThread, Standing
from application.recorded_texts import items_of, number_of, said_of, text_of
from domain.project.contents_events import ContentsRequested
from domain.project.plan import ChapterPlan
from domain.project.project import Project

LONGEST_PURPOSE = 300
MOST_PEOPLE, MOST_PLACES = 40, 40
_LEAST_WORDS, _MOST_WORDS = 300, 10_000
_PERSON = ("role", "one_line_storyline", "want", "flaw")
_PLACE = ("description", "significance")
_PARAGRAPH = ("setup", "disaster_1", "disaster_2", "disaster_3", "ending")


@dataclass(frozen=True, slots=True)
class StandingChapter:
    """A chapter of the contents. `part`: the title of the part that it stands in, "" for none."""

    chapter_id: UUID
    part: str
    title: str
    plan: ChapterPlan


@dataclass(frozen=True, slots=True)
class ContentsMaterial:
    """What is recorded of a book at one moment. `stages`: confirmed in the session that it was made from.

    `chapters`: all that are not removed, in reading order. `version`: the project's, which says how new it is.
    """

    title: str
    language: str
    logline: str
    genre: str
    audience: str
    stages: Mapping[GenesisStage, Mapping[str, JsonValue]]
    chapters: tuple[StandingChapter, ...]
    version: int


class ContentsMaterials(Protocol):
    async def contents(self, project_id: UUID, user_id: UUID) -> ContentsMaterial | None:
        """What is recorded of the book; None where there is no such project of this user's."""


def contents_request(material: ContentsMaterial, project: Project, work: ContentsRequested) -> ContentsRequest:
    """What is asked of a writer for `work`."""
    plot = material.stages.get(GenesisStage.PLOT_OUTLINE, {})
    story = material.stages.get(GenesisStage.STORY_CONCEPTION, {})
    standing = _standing(material, project, work)
    planned = sum(1 for _ in items_of(plot, "chapters"))
    total = max(work.to_chapter, planned, len(standing) + work.to_chapter - work.from_chapter + 1)
    paragraph = story.get("one_paragraph")
    return ContentsRequest(
        correlation_id=work.correlation_id,
        user_id=project.user_id,
        book=_book(material),
        first=work.from_chapter,
        last=work.to_chapter,
        total=total,
        words=_words(material, total),
        structure=text_of(plot, "structure") or text_of(story, "structure"),
        paragraph=said_of(paragraph, _PARAGRAPH) if isinstance(paragraph, dict) else "",
        beats=beats_of(plot),
        threads=tuple(
            PlotThread(setup, text_of(one, "planned_payoff"))
            for one in items_of(plot, "threads")
            if (setup := text_of(one, "setup"))
        ),
        standing=standing,
        instructions=work.instructions,
        writer=work.writer,
        kept=tuple(OutlinedChapter(one.number, one.part_title, one.title, one.plan) for one in project.outlined),
    )


def beats_of(plot: Mapping[str, JsonValue]) -> tuple[PlotBeat, ...]:
    """The beats of a plot in the order in which the book has them."""
    found = (
        PlotBeat(text_of(one, "label"), number_of(one, "target_pct"), text_of(one, "summary"))
        for one in items_of(plot, "beats")
    )
    return tuple(sorted(found, key=lambda beat: beat.percent))


def _standing(material: ContentsMaterial, project: Project, work: ContentsRequested) -> tuple[Standing, ...]:
    """With the numbers that they will have when all of the range is among them."""
    taken = set(project.proposed.accepted.values()) if project.proposed is not None else set()
    others = [one for one in material.chapters if one.chapter_id not in taken]
    ids = [one.chapter_id for one in others]
    before = ids.index(work.after) + 1 if work.after in ids else min(work.from_chapter - 1, len(ids))
    pushed = work.to_chapter + 1 - before
    return tuple(
        Standing(at + 1 if at < before else at + pushed, one.part, one.title, _purpose(one.plan))
        for at, one in enumerate(others)
    )


def _purpose(plan: ChapterPlan) -> str:
    return (plan.purpose or plan.summary)[:LONGEST_PURPOSE]


def _book(material: ContentsMaterial) -> Book:
    concept = material.stages.get(GenesisStage.CONCEPT_SELECTION, {})
    story = material.stages.get(GenesisStage.STORY_CONCEPTION, {})
    world = material.stages.get(GenesisStage.WORLDVIEW, {})
    people = material.stages.get(GenesisStage.CHARACTERS, {})
    return Book(
        title=material.title,
        language=material.language,
        logline=material.logline or text_of(concept, "logline"),
        genre=material.genre or text_of(concept, "genre"),
        audience=material.audience or text_of(concept, "target_audience"),
        tone=text_of(story, "tone") or text_of(concept, "tone"),
        people=tuple(
            Figure(name, said_of(one, _PERSON))
            for one in items_of(people, "characters")
            if (name := text_of(one, "name"))
        )[:MOST_PEOPLE],
        places=tuple(
            Figure(name, said_of(one, _PLACE)) for one in items_of(world, "locations") if (name := text_of(one, "name"))
        )[:MOST_PLACES],
        rules=tuple(said_of(one, ("statement", "cost")) for one in items_of(world, "rules"))[:MOST_RULES],
    )


def _words(material: ContentsMaterial, total: int) -> int:
    """As long as the chapters that are planned; else what the story is to have, shared out."""
    planned = [one.plan.target_words for one in material.chapters if one.plan.target_words]
    story = material.stages.get(GenesisStage.STORY_CONCEPTION, {})
    whole = number_of(story, "target_words")
    words = sum(planned) / len(planned) if planned else whole / total if whole else USUAL_WORDS
    return int(round(min(max(words, _LEAST_WORDS), _MOST_WORDS), -1))
