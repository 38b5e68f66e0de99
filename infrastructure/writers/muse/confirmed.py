"""What the confirmed stages settled: read back from their fields, or drawn again from the same seed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_ORDER
from infrastructure.writers.contents import texts
from infrastructure.writers.muse import forms
from infrastructure.writers.muse.decisions import Staged, after, fold, until
from infrastructure.writers.muse.forms import Person, Place
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.plan import StoryPlan, draw, sex_of_name

_CONCEPT, _CHARACTERS, _WORLD = GenesisStage.CONCEPT_SELECTION, GenesisStage.CHARACTERS, GenesisStage.WORLDVIEW
_TURNS = 30
"""So many variants of the concept are tried when it is looked for from which seed the confirmed one came."""


def plan_for(request: WriterRequest, staged: Staged, turn: int) -> StoryPlan:
    """The plan that a work of this stage is written from. Concepts vary it all; later stages only the wording."""
    stage = request.work.stage
    confirmed = {key: request.confirmed[key] for key in STAGE_ORDER if key in request.confirmed and key is not stage}
    if stage is _CONCEPT:
        return draw(request, turn, fold([intent for _, intent in staged]))
    concept = confirmed.get(_CONCEPT)
    plan = _drawn_again(request, staged, concept) if concept else draw(request, 0, fold([one for _, one in staged]))
    plan = _with_people(plan, staged, concept or {}, confirmed.get(_CHARACTERS) or {})
    return replace(_with_world(plan, staged, confirmed.get(_WORLD) or {}), confirmed=confirmed)


def _drawn_again(request: WriterRequest, staged: Staged, concept: Content) -> StoryPlan:
    """The plan of the confirmed concept: the seed, and the feedback on it, with which most of it comes out the same."""
    corpus = "\n".join(texts(concept))
    later = [intent for stage, intent in staged if stage is not _CONCEPT]
    said = [*until(staged, _CONCEPT)]
    best, most = draw(request, 0, fold([*said, *later])), -1
    for turn in range(_TURNS):
        for intents in [said, []] if said else [said]:
            plan = draw(request, turn, fold(intents))
            marks = (
                plan.person("protagonist").name,
                plan.person("antagonist").first,
                plan.told["unique"],
                plan.figure.a,
                plan.place.name,
            )
            found = sum(mark in corpus for mark in marks)
            if found > most:
                best, most = draw(request, turn, fold([*intents, *later])) if later else plan, found
            if found == len(marks):
                return best
    return best


def _with_people(plan: StoryPlan, staged: Staged, concept: Content, cast: Content) -> StoryPlan:
    """The people whom the concept's sketch and the characters name, unless a later stage renamed them."""
    people = {person.role: person for person in plan.people}
    name = _name_of_sketch(plan.language, str(concept.get("protagonist_sketch") or ""))
    if name and not _renamed(staged, _CONCEPT, "protagonist"):
        people["protagonist"] = _called(plan, people["protagonist"], name)
    confirmed: Any = cast.get("characters") or []
    for item in reversed(confirmed):
        role = str(item.get("role") or "supporting")
        known = people.get(role)
        if known is None:
            continue
        named = known if _renamed(staged, _CHARACTERS, role) else _called(plan, known, str(item["name"]), item)
        people[role] = replace(named, id=str(item["id"]))
    return replace(plan, people=tuple(people.values()))


def _renamed(staged: Staged, stage: GenesisStage, role: str) -> bool:
    return bool(fold(after(staged, stage)).of(IntentKind.RENAME, role))


def _called(plan: StoryPlan, person: Person, name: str, item: Mapping[str, Any] | None = None) -> Person:
    if name == person.name:
        return person
    return replace(
        person, name=name, sex=sex_of_name(plan.language, name) or _sex_of_text(plan.language, item or {}) or person.sex
    )


def _sex_of_text(language: str, item: Mapping[str, Any]) -> str:
    """By the pronouns that a character's own fields use most."""
    own = " ".join(text for key, value in item.items() if key not in ("relations", "conflict") for text in texts(value))
    female, male = (len(re.findall(pattern, own)) for pattern in load(f"{language}/lexicon")["sexed"])
    return "" if female == male else "f" if female > male else "m"


def _name_of_sketch(language: str, sketch: str) -> str:
    """The name that a protagonist's sketch begins with, before its first comma; "" where it begins otherwise."""
    name = re.split("[,，]", sketch, maxsplit=1)[0].strip()
    if language == "zh":
        return name if re.fullmatch(r"[\u3400-\u9fff·]{2,8}", name) else ""
    words = name.split()
    capitals = all(word[:1].isupper() or word in ("de", "van", "von", "der", "den", "la", "le", "of") for word in words)
    return name if words and len(words) < 6 and capitals and words[0][:1].isupper() else ""


def _with_world(plan: StoryPlan, staged: Staged, world: Content) -> StoryPlan:
    """The place and the time that the worldview states, unless a later stage moved the story."""
    setting: Any = world.get("setting") or {}
    later = fold(after(staged, _WORLD))
    name = re.split("[,，]", str(setting.get("place") or ""), maxsplit=1)[0].strip()
    if name and name.casefold() != plan.place.name.casefold() and not later.of(IntentKind.PLACE):
        plan = replace(plan, place=Place(name, forms.preposition(plan.language, name)))
    return plan
