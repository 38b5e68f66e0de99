"""CHARACTERS: three to six people who want things from each other."""

from collections.abc import Mapping
from typing import Any

from infrastructure.writers.muse.bible import Bible, grammar
from infrastructure.writers.muse.cast import Person, pronouns
from infrastructure.writers.muse.lexicon import columns, load
from infrastructure.writers.muse.render import Pen
from infrastructure.writers.muse.tone import joined, tone_sentences

Json = dict[str, Any]

_OPTIONAL = ("love_interest", "foil", "supporting")
_PLAIN = (
    "want",
    "motivation",
    "need",
    "lie",
    "wound",
    "truth",
    "flaw",
    "strength",
    "fear",
    "secret",
    "stakes",
    "epiphany",
    "background",
)
_FROM_ANGLE = ("want", "need", "lie", "truth", "wound", "fear", "flaw", "strength", "secret")


def characters(bible: Bible, pen: Pen) -> Json:
    roles = _roles(bible, pen)
    people = [bible.person(role) for role in roles]
    return {"characters": [_character(bible, pen, person, people) for person in people]}


def _roles(bible: Bible, pen: Pen) -> list[str]:
    """Protagonist and antagonist always; who else depends on the draw and on what was rejected."""
    usual = ["protagonist", "antagonist", "ally", "mentor"]
    romance = bible.wishes.allowed("love interest") and bible.wishes.allowed("romance") and bible.wishes.allowed("爱情")
    wanted = [role for role in pen.dice.order("optional", _OPTIONAL) if role != "love_interest" or romance]
    if bible.young == "children":
        wanted = [role for role in wanted if role != "love_interest"]
    if (bible.genre == "romance" or "romantic" in bible.wishes.tones) and romance:
        wanted = ["love_interest", *(role for role in wanted if role != "love_interest")]
    return usual + wanted[: pen.dice.number("cast", 1, 2)]


def character_id(role: str) -> str:
    return role.replace("_", "-")


def _character(bible: Bible, pen: Pen, person: Person, people: list[Person]) -> Json:
    data = load(f"{bible.language}/people")
    role, own, pool = person.role, data[person.role], data["pools"]
    hero = person.role == "protagonist"
    pen = _own_pen(bible, pen, person)
    inner = _inner_life(bible, data["readings"])
    plain = {
        key: pen.write(inner[key]) if hero and key in _FROM_ANGLE else pen.say(f"{role}:{key}", own[key])
        for key in _PLAIN
    }
    if hero:
        plain["background"] = joined(bible.language, plain["background"], tone_sentences(bible, pen, "people"))
    spin = {other.role: index for index, other in enumerate(people)}[role]
    return {
        "id": person.id or character_id(role),
        "name": person.name,
        "aliases": [],
        "role": role,
        "one_line_storyline": pen.say(f"{role}:storyline", own["storyline"]),
        **plain,
        "conflict": {
            "external": pen.say(f"{role}:external", own["external"]),
            "internal": pen.write(load(f"{bible.language}/story")["internal"])
            if hero
            else pen.say(f"{role}:internal", own["internal"]),
        },
        "arc": {
            "type": ("negative" if "dark" in bible.wishes.tones else "positive") if hero else own["arc"],
            **{key: pen.say(f"{role}:{key}", own[key]) for key in ("start", "midpoint", "climax", "end")},
        },
        "appearance": pen.say("appearance", pool["appearance"], spin),
        "voice": {
            "diction": pen.say("diction", pool["diction"], spin),
            "rhythm": pen.say("rhythm", pool["rhythm"], spin),
            "tics": [pen.say("tics", pool["tics"], spin)],
            "sample_line": pen.say(f"{role}:sample", pool[f"sample_{role}"]),
        },
        "relations": _relations(bible, pen, person, people, data["relations"]),
    }


def _inner_life(bible: Bible, readings: list[Json]) -> Mapping[str, Any]:
    """The angle's own at first; later rounds read the protagonist otherwise."""
    lives = [bible.angle, *readings]
    return lives[bible.dice.turn % len(lives)]


def _own_pen(bible: Bible, pen: Pen, person: Person) -> Pen:
    """Slots that speak of this character; {hero_…} stays the protagonist."""
    they = pronouns(bible.language, person.gender)
    slots = {**they, "name": person.name, "first": person.first}
    slots |= {f"P{key}": value[:1].upper() + value[1:] for key, value in they.items()}
    return pen.with_slots(**slots)


def _relations(bible: Bible, pen: Pen, person: Person, people: list[Person], table: dict[str, str]) -> list[Any]:
    relations: list[Any] = []
    for other in people:
        row = table.get(f"{person.role}_{other.role}")
        if other is person or row is None:
            continue
        writer = pen.with_slots(other_first=other.first, other_them=pronouns(bible.language, other.gender)["them"])
        surface, tension, change = (writer.write(cell) for cell in columns(row, 3))
        relations.append(
            {
                "target_id": other.id or character_id(other.role),
                "surface": surface,
                "hidden_tension": tension,
                "change": change,
            }
        )
    if not relations:
        other = next(somebody for somebody in people if somebody.role == "protagonist" and somebody is not person)
        surface, tension, change = (pen.write(cell) for cell in columns(table["other"], 3))
        relations.append(
            {
                "target_id": other.id or character_id(other.role),
                "surface": surface,
                "hidden_tension": tension,
                "change": change,
            }
        )
    return relations


def extra_character(bible: Bible, pen: Pen, wish: str, index: int) -> Json:
    """Somebody the writer asked to have in the story."""
    data = load(f"{bible.language}/people")["wished"]
    given = load(f"{bible.language}/names")[bible.lexicon["names"]]
    taken = [person.name for person in bible.people]
    gender = pen.dice.pick(f"wished:{wish}", ["f", "m"])
    name = pen.dice.pick(
        f"wished:name:{wish}", [one for one in given[gender] if not any(one in full for full in taken)]
    )
    person = Person(
        "supporting",
        (pen.dice.pick("wished:surname", given["surnames"]) + name) if bible.language == "zh" else name,
        gender,
    )
    writer = _own_pen(bible, pen, person).with_slots(wish=wish)
    return {
        "id": f"supporting-{index}",
        "name": person.name,
        "role": "supporting",
        **{
            key: grammar(bible.language).polish(writer.write(data[key]))
            for key in ("one_line_storyline", "want", "need", "secret")
        },
        "relations": [
            {"target_id": bible.hero.id or character_id("protagonist"), "surface": writer.write(data["surface"])}
        ],
    }
