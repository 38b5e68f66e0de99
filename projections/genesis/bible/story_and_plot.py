"""Writes the parts of a bible about what happens: the concept, the story, the plot with acts, beats and chapters."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from projections.documents.tree import Block, Chapter, Heading, ListBlock, Part, Table, Text, run
from projections.genesis.bible.fields import Fields, Writer, items_of, lead, names, table_of

_CONCEPT = (
    *("premise_question", "hook", "central_conflict", "stakes", "protagonist_sketch", "unique_angle"),
    *("emotional_core", "genre", "subgenres", "target_audience", "themes", "tone", "comparable_titles"),
)
_CHAPTER = ("purpose", "goal", "conflict", "turning_point", "outcome", "hook")


def concept(content: Fields, title: Text, write: Writer) -> Part:
    return Part(title, (*lead(content.get("logline")), *write.facts(write.told(content, ("title", *_CONCEPT)))))


def story(content: Fields, title: Text, write: Writer) -> Part:
    style = table_of(content, "style_guide")
    structure = write.one("structure", write.value(str(content.get("structure", ""))))
    length = write.one("target_words", write.words(content.get("target_words")))
    outline = ("setup", "disaster_1", "disaster_2", "disaster_3", "ending")
    return Part(
        title,
        (
            *lead(content.get("premise_sentence")),
            *write.facts(
                write.told(content, ("working_title", "alternative_titles", "theme_statement", "thematic_question")),
                write.told(table_of(content, "conflict"), ("external", "internal")),
                write.told(table_of(content, "stakes"), ("public", "personal")),
                write.told(content, ("story_goal", "consequence_if_failed", "pov", "tense", "tone")),
                length,
                structure,
                write.told(content, ("content_limits",)),
            ),
            *write.section("one_paragraph", write.facts(write.told(table_of(content, "one_paragraph"), outline))),
            *write.section(
                "style_guide",
                (*write.quoted(style.get("sample")), *write.facts(write.told(style, ("rules", "banned")))),
            ),
        ),
    )


def plot(content: Fields, title: Text, write: Writer, people: Fields, world: Fields) -> Part:
    """`people` and `world`: the contents of their stages, for the names behind ids; empty where not confirmed."""
    called = names(items_of(people, "characters"))
    places = names(items_of(world, "locations"))
    chapters = (
        ("acts", _acts(items_of(content, "acts"), write)),
        ("beats", _beats(items_of(content, "beats"), write)),
        ("subplots", _subplots(content.get("subplots"))),
        ("threads", _threads(items_of(content, "threads"), write)),
        ("chapters", _chapters(items_of(content, "chapters"), write, called, places)),
    )
    structure = write.facts(write.one("structure", write.value(str(content.get("structure", "")))))
    return Part(title, structure, tuple(Chapter(write.label(key), blocks) for key, blocks in chapters if blocks))


def percent(value: object) -> str:
    return f"{value:g}%" if isinstance(value, int | float) else ""


def _acts(acts: Sequence[Fields], write: Writer) -> tuple[Block, ...]:
    if not acts:
        return ()
    head = tuple(write.label(key) for key in ("act", "span", "purpose"))
    rows = tuple(
        (
            run(one.get("name", "")),
            run(f"{percent(one.get('start_pct'))} – {percent(one.get('end_pct'))}"),
            run(one.get("purpose", "")),
        )
        for one in acts
    )
    return (Table(head, rows, (0.28, 0.2, 0.52)),)


def _beats(beats: Sequence[Fields], write: Writer) -> tuple[Block, ...]:
    found: list[Block] = []
    for one in beats:
        found += [Heading(run(f"{one.get('label', '')} · {percent(one.get('target_pct'))}"))]
        found += [*write.blocks(one.get("summary")), *write.facts(write.told(one, ("act", "character_change")))]
    return tuple(found)


def _subplots(subplots: object) -> tuple[Block, ...]:
    items = tuple(text for one in subplots if (text := run(one))) if isinstance(subplots, list | tuple) else ()
    return (ListBlock(items),) if items else ()


def _threads(threads: Sequence[Fields], write: Writer) -> tuple[Block, ...]:
    if not threads:
        return ()
    head = tuple(write.label(key) for key in ("setup", "planned_payoff", "status"))
    rows = tuple(
        (run(one.get("setup", "")), run(one.get("planned_payoff", "")), write.value(str(one.get("status", ""))))
        for one in threads
    )
    return (Table(head, rows, (0.42, 0.42, 0.16)),)


def _chapters(
    chapters: Sequence[Fields], write: Writer, called: Mapping[str, str], places: Mapping[str, str]
) -> tuple[Block, ...]:
    """Under the headings of the parts of the book that they belong to, where they name any."""
    found: list[Block] = []
    for part, some in groupby(chapters, lambda one: str(one.get("part") or "")):
        below = 1
        if heading := run(part):
            found.append(Heading(heading))
            below = 2
        for one in some:
            found += [Heading(run(write.labels("chapter", n=one.get("n", ""), title=one.get("title", ""))), below)]
            found += [*write.blocks(one.get("summary")), *_plan(one, write, called, places)]
    return tuple(found)


def _plan(one: Fields, write: Writer, called: Mapping[str, str], places: Mapping[str, str]) -> tuple[Block, ...]:
    def named(ids: object, among: Mapping[str, str]) -> Text:
        listed = ids if isinstance(ids, list | tuple) else [ids] if ids else []
        return run(write.labels.comma.join(among.get(str(each)) or str(each) for each in listed))

    shift = table_of(one, "value_shift")
    turned = " → ".join(str(shift[end]) for end in ("from", "to") if shift.get(end))
    return write.facts(
        write.one("pov_character", named(one.get("pov_character_id"), called)),
        write.one("people", named(one.get("character_ids"), called)),
        write.one("locations", named(one.get("location_ids"), places)),
        write.told(one, _CHAPTER),
        write.one("value_shift", run(turned)),
        write.told(one, ("sections",)),
        write.one("target_words", write.words(one.get("target_words"))),
    )
