"""Builds what a writer of chapters is given, from what is recorded of its book: the same again for a repeated run."""

from collections.abc import Sequence
from uuid import UUID

from genesis_types.enums import GenesisStage

from application.chapter_context import (
    LATEST_FULL,
    LATEST_LINES,
    PERSON,
    PLACE,
    known_before,
    people_of,
    places_of,
    planted_before,
    rules_of,
    sources_of,
    style_of,
    told_of,
)
from application.chapter_material import Material, Placed
from application.chapter_writers import Book, ChapterRequest, Figure, Known, Passages, Planted, Scene, Told
from application.recorded_texts import said_of, text_of
from domain.chapter.chapter import Chapter
from domain.chapter.draft_events import ChapterDraftRequested, RewriteRequested, SceneDrafted
from domain.chapter.selection import Selection
from domain.chapter.sources import Source
from domain.project.plan import ChapterPlan
from domain.project.style import Style
from domain.prose.machine import worn_counts

USUAL_WORDS = 1_500
"""Of a chapter of which nothing says how long it is to be."""

LONGEST_SUMMARY = 1_200
LONGEST_TAIL = 2_500
MOST_WORN = 12


def chapter_request(material: Material, chapter: Chapter, work: ChapterDraftRequested) -> ChapterRequest:
    """What is asked of a writer for `work`."""
    index = next(n for n, one in enumerate(material.chapters) if one.chapter_id == chapter.chapter_id)
    own, following = material.chapters[index], material.chapters[index + 1 : index + 2]
    selection = work.selection if isinstance(work, RewriteRequested) else None
    titles = {one.chapter_id: one.title for one in material.chapters}
    return ChapterRequest(
        correlation_id=work.correlation_id,
        user_id=chapter.user_id,
        book=_book(material, own.plan),
        title=own.title,
        plan=own.plan,
        earlier=tuple(
            Told(one.title, said[:LONGEST_SUMMARY])
            for one in material.chapters[max(0, index - LATEST_FULL - LATEST_LINES) : index]
            if (said := told_of(one))
        ),
        before=tuple(one.text[-LONGEST_TAIL:] for one in _before(material, work)),
        next_title=following[0].title if following else "",
        next_plan=_ahead(following[0].plan) if following else None,
        instructions=work.instructions,
        target_words=work.target_words or own.plan.target_words or USUAL_WORDS,
        writer=work.writer,
        kept=tuple(_scene(scene) for scene in chapter.scenes),
        worn=_worn(material, style_of(material)),
        known=tuple(
            Known(one.kind, one.person, one.value, titles[one.evidence.chapter_id], one.evidence.sentence)
            for one in known_before(material, chapter.chapter_id)
        ),
        planted=tuple(
            Planted(thread, one.title, told_of(one)[:LONGEST_SUMMARY])
            for thread, one in planted_before(material, chapter.chapter_id)
        ),
        critique=work.critique,
        passages=_passages(selection, chapter, material) if selection is not None else None,
    )


def request_sources(material: Material, chapter_id: UUID, work: ChapterDraftRequested) -> tuple[Source, ...]:
    """The context manifest of that request."""
    opens = isinstance(work, RewriteRequested) and _opens(work.selection, material)
    return sources_of(material, chapter_id, _end_of(material.previous) if opens else _before(material, work))


def _opens(selection: Selection, material: Material) -> bool:
    """Whether what is written opens its chapter: then the end of the chapter before is told, as in _passages."""
    chosen = {one.block_id for one in selection.blocks}
    places = [at for at, one in enumerate(material.own) if one.block_id in chosen] or [0]
    return not material.own or (selection.wish != "continue" and min(places) == 0)


def _before(material: Material, work: ChapterDraftRequested) -> tuple[Placed, ...]:
    """The paragraphs that it goes on from: the chapter's own, else the end of the chapter before."""
    if isinstance(work, RewriteRequested):
        return ()
    return _end_of((() if work.anew else material.own) or material.previous)


def _passages(selection: Selection, chapter: Chapter, material: Material) -> Passages:
    """Of the chapter as it is: paragraphs that were deleted meanwhile have no text."""
    shown = chapter.order.shown
    texts = {one: chapter.blocks[one].text for one in shown}
    chosen = [one.block_id for one in selection.blocks]
    places = [shown.index(one) for one in chosen if one in texts] or [0]
    if selection.wish == "continue":
        before, after = shown[: max(places) + 1], shown[max(places) + 1 :]
    else:
        before, after = shown[: min(places)], shown[max(places) + 1 :]
    earlier = [Placed(chapter.chapter_id, one, 0, texts[one]) for one in before] or list(material.previous)
    return Passages(
        wish=selection.wish,
        person=selection.person,
        texts=() if selection.wish == "continue" else tuple(texts.get(one, "") for one in chosen),
        before=tuple(one.text[-LONGEST_TAIL:] for one in _end_of(earlier)),
        after=tuple(texts[one][:LONGEST_TAIL] for one in after if texts[one].strip())[:2],
    )


def _ahead(plan: ChapterPlan) -> ChapterPlan:
    """What is told of the next chapter's plan."""
    return ChapterPlan(purpose=plan.purpose, summary=plan.summary, goal=plan.goal)


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
    return Book(
        title=material.title,
        language=material.language,
        logline=material.logline or text_of(concept, "logline"),
        genre=material.genre or text_of(concept, "genre"),
        audience=material.audience or text_of(concept, "target_audience"),
        tone=text_of(story, "tone") or text_of(concept, "tone"),
        people=tuple(Figure(text_of(one, "name"), said_of(one, PERSON)) for one in people_of(material, plan)),
        places=tuple(Figure(text_of(one, "name"), said_of(one, PLACE)) for one in places_of(material, plan)),
        rules=tuple(said_of(one, ("statement", "cost")) for one in rules_of(material)),
        style=style_of(material),
    )


def _end_of(paragraphs: Sequence[Placed]) -> tuple[Placed, ...]:
    """The last of them that are together no longer than LONGEST_TAIL; the very last in any case."""
    kept: list[Placed] = []
    left = LONGEST_TAIL
    for one in reversed([placed for placed in paragraphs if placed.text.strip()]):
        if kept and len(one.text) > left:
            break
        kept.append(one)
        left -= len(one.text)
    return tuple(reversed(kept))
