"""A book in memory: its chapters are written one after the other, and what each writer was told is kept."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from genesis_types.enums import ChapterStatus, GenesisStage

from application.chapter_material import Material, Placed, Planned
from application.chapter_request import chapter_request, request_sources
from application.chapter_writers import ChapterRequest
from application.staleness import BookNow, Change, changes
from domain.chapter.chapter import Chapter
from domain.chapter.draft_events import ChapterDraftRequested
from domain.chapter.order import BlockOrder
from domain.chapter.sources import Source
from domain.continuity.established import book_facts
from domain.continuity.facts import Chapter as Stated
from domain.continuity.paragraph import read
from domain.project.plan import ChapterPlan
from domain.project.style import NO_STYLE, Style

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
PEOPLE = {
    GenesisStage.CHARACTERS: {
        "characters": [
            {"id": "ines", "name": "Ines Vale", "want": "Her brother back."},
            {"id": "tomas", "name": "Tomas Reed", "want": "To be left alone."},
        ]
    }
}


_read = lru_cache(maxsize=10_000)(read)


def chapter_id(number: int) -> UUID:
    return UUID(int=1_000 + number)


@dataclass
class StaleBook:
    """`plans`: of each chapter, from number 1. Chapters are numbered as a reader counts them."""

    plans: list[ChapterPlan]
    language: str = "en"
    style: Style = NO_STYLE
    summaries: dict[int, str] = field(default_factory=dict)
    texts: dict[int, list[Placed]] = field(default_factory=dict)
    manifests: dict[int, tuple[Source, ...]] = field(default_factory=dict)
    asked: dict[int, ChapterRequest] = field(default_factory=dict)
    stages: dict[GenesisStage, dict[str, object]] = field(default_factory=lambda: dict(PEOPLE))
    clock: int = 1

    def material(self, number: int = 0) -> Material:
        planned = tuple(
            Planned(chapter_id(at), f"Chapter {at}", plan, self.summaries.get(at, ""))
            for at, plan in enumerate(self.plans, start=1)
        )
        stated = [
            Stated(
                one.chapter_id,
                one.title,
                one.plan,
                tuple((placed.block_id, _read(placed.text)) for placed in self.texts.get(at, ())),
            )
            for at, one in enumerate(planned, start=1)
        ]
        facts, people = book_facts(stated)
        return Material(
            title="The Salt Clock",
            language=self.language,
            logline="",
            genre="",
            audience="",
            stages=self.stages,
            chapters=planned,
            own=tuple(self.texts.get(number, ())),
            previous=tuple(self.texts.get(number - 1, ())),
            project_version=1,
            chapter_version=1,
            style=self.style,
            facts=facts,
            people=people,
            versions={placed.block_id: placed.version for texts in self.texts.values() for placed in texts},
        )

    def ask(self, number: int, *, anew: bool = False) -> ChapterRequest:
        """What is asked of the chapter's writer, whose manifest is kept."""
        material, work = self.material(number), _work(number).model_copy(update={"anew": anew})
        state = Chapter(chapter_id(number), 1, UUID(int=7), UUID(int=8), ChapterStatus.DRAFT, BlockOrder(), {})
        self.asked[number] = chapter_request(material, state, work)
        self.manifests[number] = request_sources(material, chapter_id(number), work)
        return self.asked[number]

    def keep(self, number: int, *texts: str, summary: str = "") -> None:
        """Puts paragraphs into the text of a chapter."""
        self.texts[number] = [
            Placed(chapter_id(number), UUID(int=number * 1_000_000 + at), self.clock, text)
            for at, text in enumerate(texts)
        ]
        self.summaries[number] = summary
        self.clock += 1

    def edit(self, number: int, at: int, text: str, *, style_only: bool = False) -> None:
        """Another text of a paragraph; an edit of style alone changes no meaning, so its version stays."""
        old = self.texts[number][at]
        version = old.version if style_only else self.clock
        self.texts[number][at] = replace(old, text=text, version=version)
        self.clock += 1

    def stale(self) -> dict[int, list[Change]]:
        blocks = {placed.block_id: placed for texts in self.texts.values() for placed in texts}
        now = BookNow(self.material(), blocks)
        found = {
            number: list(changes(chapter_id(number), told, now)) for number, told in sorted(self.manifests.items())
        }
        return {number: of_chapter for number, of_chapter in found.items() if of_chapter}


def _work(number: int) -> ChapterDraftRequested:
    return ChapterDraftRequested(
        occurred_at=NOW,
        correlation_id=UUID(int=number),
        command_id=UUID(int=number),
        draft_id=UUID(int=number),
        instructions="",
        target_words=0,
        writer=None,
        kept=0,
        project_version=1,
        turn=1,
        deadline_at=NOW,
    )
