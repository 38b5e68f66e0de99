"""Writes the parts of a bible about people and their world: a chapter for each person, then places, rules, history."""

from collections.abc import Iterable, Mapping, Sequence

from projections.documents.tree import Block, Chapter, Heading, Paragraph, Part, Table, Text, run
from projections.genesis.bible.fields import Fields, Writer, items_of, lead, names, table_of

_PERSON = ("want", "motivation", "need", "lie", "wound", "truth", "flaw", "strength", "fear", "secret", "stakes")
_ARC = ("start", "midpoint", "climax", "end")
_VOICE = ("diction", "rhythm", "tics")
_RELATION = ("surface", "hidden_tension", "change")
_SETTING = ("time", "place", "scale", "mood")
_RULE = ("cost", "limits", "loopholes")
_FACTION = ("resources", "rivals", "internal_tension")
_SOCIETY = ("cultures", "power_structure", "economy", "taboos", "technology_level", "motifs")


def people(content: Fields, title: Text, write: Writer) -> Part:
    everyone = items_of(content, "characters")
    called = names(everyone)
    return Part(
        title, chapters=tuple(Chapter(run(one.get("name", "")), _person(one, called, write)) for one in everyone)
    )


def _person(one: Fields, called: Mapping[str, str], write: Writer) -> tuple[Block, ...]:
    arc, voice = table_of(one, "arc"), table_of(one, "voice")
    steps = write.told(arc, _ARC)
    kind = write.one("type", write.value(str(arc.get("type", "")))) if steps else []
    speech = (*write.facts(write.told(voice, _VOICE)), *write.quoted(voice.get("sample_line")))
    return (
        *lead(one.get("one_line_storyline")),
        *write.facts(
            write.one("role", write.value(str(one.get("role", "")))),
            write.told(one, ("aliases", *_PERSON)),
            write.told(table_of(one, "conflict"), ("external", "internal")),
            write.told(one, ("epiphany", "appearance", "background")),
        ),
        *write.section("arc", write.facts(kind, steps)),
        *write.section("voice", speech),
        *write.section("relations", _relations(items_of(one, "relations"), called, write)),
    )


def _relations(relations: Iterable[Fields], called: Mapping[str, str], write: Writer) -> tuple[Block, ...]:
    found: list[Block] = []
    for one in relations:
        other = str(one.get("target_id", ""))
        if facts := write.facts(write.told(one, _RELATION)):
            found += [Heading(run(called.get(other) or other), 2), *facts]
    return tuple(found)


def world(content: Fields, title: Text, write: Writer) -> Part:
    setting = write.facts(write.told(table_of(content, "setting"), _SETTING))
    chapters = (
        ("setting", setting),
        ("rules", _rules(items_of(content, "rules"), write)),
        ("locations", _places(items_of(content, "locations"), write)),
        ("factions", _factions(items_of(content, "factions"), write)),
        ("society", write.facts(write.told(content, _SOCIETY))),
        ("history", _history(items_of(content, "history"), write)),
        ("glossary", _glossary(items_of(content, "glossary"), write)),
    )
    return Part(title, chapters=tuple(Chapter(write.label(key), blocks) for key, blocks in chapters if blocks))


def _rules(rules: Sequence[Fields], write: Writer) -> tuple[Block, ...]:
    found: list[Block] = []
    for one in rules:
        kind = write.one("kind", write.value(str(one.get("kind", ""))))
        found += [Heading(run(one.get("name", "")))]
        found += [*write.blocks(one.get("statement")), *write.facts(kind, write.told(one, _RULE))]
    return tuple(found)


def _places(places: Sequence[Fields], write: Writer) -> tuple[Block, ...]:
    """In the order given; each says what it is part of."""
    called = names(places)
    found: list[Block] = []
    for one in places:
        above = str(one.get("parent_id") or "")
        inside = write.one("parent", run(called.get(above) or above))
        found += [Heading(run(one.get("name", "")))]
        found += [*write.blocks(one.get("description")), *write.facts(inside, write.told(one, ("significance",)))]
    return tuple(found)


def _factions(factions: Sequence[Fields], write: Writer) -> tuple[Block, ...]:
    found: list[Block] = []
    for one in factions:
        found += [Heading(run(one.get("name", ""))), *write.facts(write.told(one, ("goal", *_FACTION)))]
    return tuple(found)


def _history(history: Sequence[Fields], write: Writer) -> tuple[Block, ...]:
    if not history:
        return ()
    keys = ("when", "event", "consequence_now")
    rows = tuple(tuple(run(one.get(key, "")) for key in keys) for one in history)
    return (Table(tuple(write.label(key) for key in keys), rows, (0.2, 0.4, 0.4)),)


def _glossary(terms: Sequence[Fields], write: Writer) -> tuple[Block, ...]:
    told = []
    for one in terms:
        aliases = write.labels.comma.join(str(alias) for alias in one.get("aliases") or ())
        also: tuple[Block, ...] = (Paragraph(run(aliases, emphasis=True)),) if aliases else ()
        told.append((run(one.get("term", "")), (*also, *write.blocks(one.get("meaning")))))
    return write.facts(told)
