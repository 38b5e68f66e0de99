"""What the confirmed stages settled: read back from their fields, or drawn again from the same seed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.stages import STAGE_ORDER
from infrastructure.writers.contents import texts
from infrastructure.writers.muse import forms
from infrastructure.writers.muse.decisions import Decisions
from infrastructure.writers.muse.forms import Person, Place
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.plan import StoryPlan, draw, sex_of_name

_CONCEPT, _CHARACTERS, _WORLD = GenesisStage.CONCEPT_SELECTION, GenesisStage.CHARACTERS, GenesisStage.WORLDVIEW
_TURNS = 30
"""So many variants of the concept are tried when it is looked for from which seed the confirmed one came."""
_PARTICLES = ("de", "van", "von", "der", "den", "la", "le", "of")


def plan_for(request: WriterRequest, decided: Decisions, turn: int) -> StoryPlan:
    """The plan that a work of this stage is written from. Concepts vary it all; later stages only the wording."""
    stage = request.work.stage
    if stage is _CONCEPT:
        return draw(request.session_id, request.premise, turn, decided)
    confirmed: dict[GenesisStage, Any] = {
        key: request.confirmed[key] for key in STAGE_ORDER if key in request.confirmed and key is not stage
    }
    plan = _drawn_again(request, decided, confirmed.get(_CONCEPT) or {})
    plan = _with_people(plan, stage, confirmed.get(_CONCEPT) or {}, confirmed.get(_CHARACTERS) or {})
    setting = (confirmed.get(_WORLD) or {}).get("setting") or {}
    name = re.split("[,，]", str(setting.get("place") or ""), maxsplit=1)[0].strip()
    if name and name.casefold() != plan.place.name.casefold() and not decided.after(_WORLD, stage).of(IntentKind.PLACE):
        plan = replace(plan, place=Place(name, forms.preposition(plan.language, name)))
    return replace(plan, confirmed=confirmed)


def _drawn_again(request: WriterRequest, decided: Decisions, concept: Mapping[str, Any]) -> StoryPlan:
    """The plan of the confirmed concept: the seed, and the feedback on it, with which most of it comes out the same."""
    drawn = partial(draw, request.session_id, request.premise)
    corpus, best, most = "\n".join(texts(concept)), drawn(0, decided), 0
    said, later = decided.within(_CONCEPT), decided.within(*STAGE_ORDER[1:])
    for turn in range(_TURNS if concept else 0):
        for now in [said, Decisions()] if said.staged else [said]:
            plan = drawn(turn, now)
            hero, rival = plan.people[:2]
            marks = (hero.name, rival.first, plan.told["unique"], plan.figure.a, plan.place.name)
            found = sum(mark in corpus for mark in marks)
            if found > most:
                best, most = drawn(turn, Decisions((*now.staged, *later.staged))), found
            if found == len(marks):
                return best
    return best


def _with_people(plan: StoryPlan, now: GenesisStage, concept: Mapping[str, Any], cast: Mapping[str, Any]) -> StoryPlan:
    """The people whom the concept's sketch and the characters name, unless a later stage renamed them."""
    people = {person.role: person for person in plan.people}
    stated: list[tuple[GenesisStage, Mapping[str, Any]]] = [
        (_CHARACTERS, item) for item in reversed(cast.get("characters") or [])
    ]
    if name := _name_of_sketch(plan.language, str(concept.get("protagonist_sketch") or "")):
        stated.insert(0, (_CONCEPT, {"name": name, "role": "protagonist"}))
    for stage, item in stated:
        known = people.get(str(item.get("role") or "supporting"))
        if known is not None:
            renamed = plan.decided.after(stage, now).of(IntentKind.RENAME, known.role)
            called = known if renamed else _called(plan, known, item)
            people[known.role] = replace(called, id=str(item.get("id") or ""))
    return replace(plan, people=tuple(people.values()))


def _called(plan: StoryPlan, person: Person, item: Mapping[str, Any]) -> Person:
    """The person under the name that a field has; the sex by the name, or by the pronouns in their own fields."""
    name = str(item["name"])
    if name == person.name:
        return person
    own = " ".join(text for key, value in item.items() if key not in ("relations", "conflict") for text in texts(value))
    female, male = (len(re.findall(pattern, own)) for pattern in plan.data("lexicon")["sexed"])
    by_pronouns = person.sex if female == male else "f" if female > male else "m"
    return replace(person, name=name, sex=sex_of_name(plan.language, name) or by_pronouns)


def _name_of_sketch(language: str, sketch: str) -> str:
    """The name that a protagonist's sketch begins with, before its first comma; "" where it begins otherwise."""
    name = re.split("[,，]", sketch, maxsplit=1)[0].strip()
    if load(f"{language}/grammar")["family_first"]:
        return name if re.fullmatch(r"[\u3400-\u9fff·]{2,8}", name) else ""
    words = name.split()
    proper = words and len(words) < 6 and words[0][:1].isupper()
    return name if proper and all(word[:1].isupper() or word in _PARTICLES for word in words) else ""
