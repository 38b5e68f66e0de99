"""CHARACTERS: five or six people who want things from each other."""

from collections.abc import Mapping
from typing import Any

from infrastructure.writers.muse import forms
from infrastructure.writers.muse.forms import Person
from infrastructure.writers.muse.lexicon import columns, load
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, tone_sentences
from infrastructure.writers.muse.template import Realiser

_OPTIONAL = ("love_interest", "foil", "supporting")
_INNER = ("want", "need", "lie", "truth", "wound", "fear", "flaw", "strength", "secret")
_PLAIN = (
    "want", "motivation", "need", "lie", "wound", "truth", "flaw", "strength", "fear", "secret", "stakes", "epiphany",
    "background",
)  # fmt: skip


def characters(plan: StoryPlan, writer: Realiser) -> Json:
    people = [plan.person(role) for role in _roles(plan, writer)]
    return {"characters": [_character(plan, writer, person, people) for person in people]}


def character_id(role: str) -> str:
    return role.replace("_", "-")


def _roles(plan: StoryPlan, writer: Realiser) -> list[str]:
    """Protagonist, antagonist, ally and mentor always; who else depends on the draw, the readers and the wishes."""
    romance = plan.readers != "children" and all(map(plan.allowed, plan.text("romance")))
    others = [role for role in writer.dice.order("optional", _OPTIONAL) if role != "love_interest" or romance]
    if romance and (plan.genre == "romance" or "romantic" in plan.decided.tones):
        others.sort(key=lambda role: role != "love_interest")
    return ["protagonist", "antagonist", "ally", "mentor", *others[: writer.dice.number("cast", 1, 2)]]


def _character(plan: StoryPlan, writer: Realiser, person: Person, people: list[Person]) -> Json:
    data = load(f"{plan.language}/people")
    role, own, pool, hero = person.role, data[person.role], data["pools"], person.role == "protagonist"
    me = writer.with_slots(me=forms.person(plan.language, person))
    lives: list[Mapping[str, Any]] = [plan.told, *data["readings"]]
    inner = lives[writer.dice.turn // 3 % len(lives)] if hero else own
    spin = people.index(person)
    plain = {key: me.say(f"{role}:{key}", (inner if key in _INNER else own)[key]) for key in _PLAIN}
    if hero:
        added = additions(plan, writer, plan.text("add_character"))
        plain["background"] = joined(plan, plain["background"], tone_sentences(plan, writer, "people"), added)
    arc = "negative" if hero and "dark" in plan.decided.tones else own["arc"]
    return {
        "id": person.id or character_id(role),
        "name": person.name,
        "role": role,
        "one_line_storyline": me.say(f"{role}:storyline", own["storyline"]),
        **plain,
        "conflict": {key: me.say(f"{role}:{key}", own[key]) for key in ("external", "internal")},
        "arc": {
            "type": arc,
            **{key: me.say(f"{role}:{key}", own[key]) for key in ("start", "midpoint", "climax", "end")},
        },
        "appearance": me.say("appearance", pool["appearance"], spin),
        "voice": {
            "diction": me.say("diction", pool["diction"], spin),
            "rhythm": me.say("rhythm", pool["rhythm"], spin),
            "tics": [me.say("tics", pool["tics"], spin)],
            "sample_line": me.say(f"{role}:sample", pool[f"sample_{role}"]),
        },
        "relations": _relations(plan, me, person, people, data["relations"]),
    }


def _relations(
    plan: StoryPlan, me: Realiser, person: Person, people: list[Person], table: Mapping[str, str]
) -> list[Json]:
    """To everybody whom the data has a line about, and to the protagonist at least."""
    rows = [(other, table.get(f"{person.role}_{other.role}", "")) for other in people if other is not person]
    rows = [(other, row) for other, row in rows if row] or [(people[0], table["other"])]
    relations: list[Json] = []
    for other, row in rows:
        writer = me.with_slots(other=forms.person(plan.language, other))
        cells = [writer.write(cell) for cell in columns(row, 3)]
        target = other.id or character_id(other.role)
        relations.append(
            {"target_id": target, **dict(zip(("surface", "hidden_tension", "change"), cells, strict=True))}
        )
    return relations
