"""CHARACTERS: five or six people who want things from each other."""

from collections.abc import Mapping
from typing import Any

from infrastructure.writers.muse import forms
from infrastructure.writers.muse.forms import Person
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, table, tone_sentences
from infrastructure.writers.muse.template import Realiser

_OPTIONAL = ("love_interest", "foil", "supporting")
_INNER = ("want", "need", "lie", "truth", "wound", "fear", "flaw", "strength", "secret")
_PLAIN = ("one_line_storyline", "motivation", *_INNER, "stakes", "epiphany", "background")
_VOICE = ("appearance", "diction", "rhythm", "tics")


def characters(plan: StoryPlan, writer: Realiser) -> Json:
    people = [plan.person(role) for role in _roles(plan, writer)]
    return {"characters": [_character(plan, writer, person, people) for person in people]}


def character_id(role: str) -> str:
    return role.replace("_", "-")


def _roles(plan: StoryPlan, writer: Realiser) -> list[str]:
    """Protagonist, antagonist, ally and mentor always; who else depends on the draw, the readers and the wishes."""
    romance = plan.readers != "children" and all(map(plan.allowed, plan.text("romance")))
    others = [role for role in writer.dice.order("optional", _OPTIONAL) if role != "love_interest" or romance]
    if plan.genre == "romance" or "romantic" in plan.tones:
        others.sort(key=lambda role: role != "love_interest")
    return ["protagonist", "antagonist", "ally", "mentor", *others[: writer.dice.number("cast", 1, 2)]]


def _character(plan: StoryPlan, writer: Realiser, person: Person, people: list[Person]) -> Json:
    """The protagonist's inner life is the angle's at first; later rounds read it otherwise."""
    data, role, hero = plan.data("people"), person.role, person.role == "protagonist"
    me, spin = writer.with_slots(me=forms.person(plan.language, person)), people.index(person)
    lives: list[Mapping[str, Any]] = [plan.told, *data["readings"]]
    inner = {key: lives[writer.dice.turn // 3 % len(lives)][key] for key in _INNER} if hero else {}
    own, pools = {**data[role], **inner}, data["pools"]

    def say(*keys: str) -> dict[str, str]:
        return {key: me.say(f"{role}:{key}", own[key]) for key in keys}

    plain = say(*_PLAIN)
    voice = {key: me.say(key, pools[key], spin) for key in _VOICE}
    if hero:
        more = tone_sentences(plan, writer, "people"), additions(plan, writer, "add_character")
        plain["background"] = joined(plan, plain["background"], *more)
    return {
        "id": person.id or character_id(role),
        "name": person.name,
        "role": role,
        **plain,
        "conflict": say("external", "internal"),
        "arc": {
            "type": "negative" if hero and "dark" in plan.tones else own["arc"],
            **say("start", "midpoint", "climax", "end"),
        },
        "appearance": voice.pop("appearance"),
        "voice": {**voice, "tics": [voice["tics"]], "sample_line": me.say(f"{role}:sample", pools[f"sample_{role}"])},
        "relations": _relations(plan, me, person, people),
    }


def _relations(plan: StoryPlan, me: Realiser, person: Person, people: list[Person]) -> list[Json]:
    """To everybody whom the data has a line about, and to the protagonist at least."""
    lines: Mapping[str, str] = plan.data("people")["relations"]
    found = [
        (other, lines[f"{person.role}_{other.role}"]) for other in people if f"{person.role}_{other.role}" in lines
    ]
    relations: list[Json] = []
    for other, row in found or [(people[0], lines["other"])]:
        writer = me.with_slots(other=forms.person(plan.language, other))
        said = table(plan, writer, [row], "surface", "hidden_tension", "change")[0]
        relations.append({"target_id": other.id or character_id(other.role), **said})
    return relations
