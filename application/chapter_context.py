"""The items of a book that a chapter's writer may be told, and those that it is told: one builder for both.

A generation records its items (domain/chapter/sources.py); whether a chapter is stale is found by comparing them with
the same items of the book as it is.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from application.chapter_material import Material, Placed, Planned
from application.recorded_texts import items_of, lines_of, text_of
from domain.chapter.sources import Source, source
from domain.continuity.established import established
from domain.continuity.facts import Fact
from domain.project.plan import ChapterPlan
from domain.project.style import LONGEST_SAMPLE, NO_STYLE, Style

PERSON = ("one_line_storyline", "appearance", "want", "flaw", "secret")
PLACE = ("description", "significance")
MOST_RULES = 12
TOLD_FULL, TOLD_LINE = 900, 120
"""Characters of an earlier chapter's summary, of the latest and of those before them."""

LATEST_FULL, LATEST_LINES = 8, 24
TOLD_SAMPLE = 6_000
"""Of the author's sample: how it sounds is heard in two pages."""

NEXT_FIELDS = ("title", "purpose", "summary", "goal")
_UNTOLD = "target_words"


def short(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rstrip() + "…"


def told_of(chapter: Planned) -> str:
    """What happens in it: as it was accepted, else as it is planned."""
    return chapter.summary or chapter.plan.summary


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


def people_of(material: Material, plan: ChapterPlan) -> Iterator[Mapping[str, JsonValue]]:
    """The people of the bible whom the plan names."""
    named = {name.casefold() for name in (*plan.who, plan.point_of_view) if name}
    for one in items_of(material.stages.get(GenesisStage.CHARACTERS, {}), "characters"):
        if named & {name.casefold() for name in (text_of(one, "name"), *lines_of(one, "aliases"))}:
            yield one


def places_of(material: Material, plan: ChapterPlan) -> Iterator[Mapping[str, JsonValue]]:
    for one in items_of(material.stages.get(GenesisStage.WORLDVIEW, {}), "locations"):
        if (name := text_of(one, "name")) and name.casefold() in plan.place.casefold():
            yield one


def rules_of(material: Material) -> list[Mapping[str, JsonValue]]:
    return list(items_of(material.stages.get(GenesisStage.WORLDVIEW, {}), "rules"))[:MOST_RULES]


def known_before(material: Material, chapter_id: UUID) -> tuple[Fact, ...]:
    """What earlier chapters state of the people whom the chapter's plan names."""
    index = _place(material, chapter_id)
    plan = material.chapters[index].plan
    return established(material.facts, material.people, (*plan.who, plan.point_of_view), index)


def planted_before(material: Material, chapter_id: UUID) -> tuple[tuple[str, Planned], ...]:
    """Each thread that the chapter pays, with the earlier chapter that plants it, the last of them."""
    index = _place(material, chapter_id)
    found: dict[str, Planned] = {}
    for thread in material.chapters[index].plan.pays:
        for one in material.chapters[:index]:
            if thread in one.plan.plants:
                found[thread] = one
    return tuple(found.items())


def sources_of(material: Material, chapter_id: UUID, before: tuple[Placed, ...]) -> tuple[Source, ...]:
    """Everything that the chapter's writer is told of the book. `before`: the paragraphs it goes on from.

    Paragraphs of the chapter itself are none of its sources, nor is what is wished of this one draft.
    """
    index = _place(material, chapter_id)
    own, earlier = material.chapters[index], material.chapters[:index]
    found = [*_of_book(material)]
    for person in people_of(material, own.plan):
        found += _of_bible("characters", person, PERSON)
    for place in places_of(material, own.plan):
        found += _of_bible("locations", place, PLACE)
    found += _of_plan(own, (*_FIELDS, "title"))
    for following in material.chapters[index + 1 : index + 2]:
        found += _of_plan(following, NEXT_FIELDS)
    lines, full = earlier[-LATEST_FULL - LATEST_LINES : -LATEST_FULL], earlier[-LATEST_FULL:]
    found += [_of_summary(chapter, "line") for chapter in lines if told_of(chapter)]
    found += [_of_summary(chapter, "full") for chapter in full if told_of(chapter)]
    found += [source("thread", thread, thread, one.chapter_id) for thread, one in planted_before(material, chapter_id)]
    found += [of_fact(one, material) for one in known_before(material, chapter_id)]
    found += [of_paragraph(one) for one in before if one.chapter_id != chapter_id]
    return tuple({one.key: one for one in found}.values())


def current(material: Material) -> Mapping[tuple[str, ...], Source]:
    """Every item of the book as it is, but for paragraphs and facts, which are looked up one by one."""
    found = [*_of_book(material)]
    for name, stage, fields in (
        ("characters", GenesisStage.CHARACTERS, PERSON),
        ("locations", GenesisStage.WORLDVIEW, PLACE),
    ):
        for one in items_of(material.stages.get(stage, {}), name):
            found += _of_bible(name, one, fields)
    for chapter in material.chapters:
        found += _of_plan(chapter, (*_FIELDS, "title"))
        found += [_of_summary(chapter, "full"), _of_summary(chapter, "line")]
        found += [source("thread", thread, thread, chapter.chapter_id) for thread in chapter.plan.plants]
    return {one.key: one for one in found}


def of_paragraph(one: Placed) -> Source:
    return source("paragraph", one.text, chapter_id=one.chapter_id, block_id=one.block_id, version=one.version)


def of_fact(fact: Fact, material: Material) -> Source:
    """Its digest is of what is stated, not of the sentence, which may be told otherwise."""
    block_id = fact.evidence.block_id
    version = material.versions.get(block_id, 0) if block_id is not None else 0
    chapter_id = fact.evidence.chapter_id
    made = source("fact", stated(fact), stated(fact), chapter_id, block_id=block_id, version=version)
    return made.model_copy(update={"said": fact.evidence.sentence})


def stated(fact: Fact) -> str:
    return "/".join((fact.kind, fact.person, fact.value, fact.detail))


_FIELDS = tuple(name for name in ChapterPlan.model_fields if name != _UNTOLD)


def _of_book(material: Material) -> Iterator[Source]:
    concept = material.stages.get(GenesisStage.CONCEPT_SELECTION, {})
    story = material.stages.get(GenesisStage.STORY_CONCEPTION, {})
    yield source("book", material.title, "title")
    yield source("book", material.logline or text_of(concept, "logline"), "logline")
    yield source("book", material.genre or text_of(concept, "genre"), "genre")
    yield source("book", material.audience or text_of(concept, "target_audience"), "audience")
    yield source("book", text_of(story, "tone") or text_of(concept, "tone"), "tone")
    style = style_of(material)
    yield source("style", style.sample[:TOLD_SAMPLE], "sample")
    yield source("style", "\n".join(style.rules), "rules")
    yield source("style", "\n".join(style.banned), "banned")
    yield source("style", style.becomes, "becomes")
    yield source("style", style.returns, "returns")
    for one in rules_of(material):
        text = " ".join(said for name in ("statement", "cost") if (said := text_of(one, name)))
        yield source("rule", text, text_of(one, "id") or text_of(one, "name") or text)


def _of_bible(name: str, one: Mapping[str, JsonValue], fields: tuple[str, ...]) -> Iterator[Source]:
    item = text_of(one, "id") or text_of(one, "name")
    for field in ("name", *fields):
        if said := text_of(one, field):
            yield source("bible", said, f"{name}/{item}/{field}")


def _of_plan(chapter: Planned, fields: tuple[str, ...]) -> Iterator[Source]:
    for name in fields:
        value = chapter.title if name == "title" else getattr(chapter.plan, name)
        text = "\n".join(value) if isinstance(value, tuple) else str(value or "")
        yield source("plan", text, name, chapter.chapter_id)


def _of_summary(chapter: Planned, how: str) -> Source:
    said = short(told_of(chapter), TOLD_FULL if how == "full" else TOLD_LINE)
    return source("summary", said, how, chapter.chapter_id)


def _place(material: Material, chapter_id: UUID) -> int:
    return next(at for at, one in enumerate(material.chapters) if one.chapter_id == chapter_id)
