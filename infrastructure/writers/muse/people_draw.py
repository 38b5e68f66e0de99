"""Who is in the story: confirmed people first, then the names the writer gave, then names from the lexicon."""

import re
from collections.abc import Sequence

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse import carry
from infrastructure.writers.muse.cast import (
    ROLES,
    Person,
    all_given,
    all_surnames,
    confirmed_people,
    known_gender,
    name_pool,
    renamed,
)
from infrastructure.writers.muse.english_words import gender_of_name
from infrastructure.writers.muse.sources import Sources


def people(sources: Sources) -> tuple[Person, ...]:
    """One person for every role; only some of them will be in the cast."""
    content = sources.confirmed.get(GenesisStage.CHARACTERS)
    settled = {person.role: person for person in reversed(confirmed_people(content, sources.language))}
    drawn: list[Person] = []
    for role in ROLES:
        taken = [person.name for person in (*drawn, *settled.values())]
        drawn.append(settled.get(role) or _somebody(sources, role, taken))
    return tuple(_as_asked(person, sources) for person in drawn)  # last, so that one new name moves no other


def _somebody(sources: Sources, role: str, taken: Sequence[str]) -> Person:
    if role == "protagonist":
        return _hero(sources, taken)
    if role == "antagonist" and sources.corpus:
        seen = _seen_en(sources, taken) if sources.language == "en" else _seen_zh(sources, taken)
        if seen:
            return Person(role, seen, known_gender(sources.language, seen) or "f")
    gender = _gender(sources, role)
    return Person(role, draw_name(sources, role, gender, sources.spin, taken), gender)


def _hero(sources: Sources, taken: Sequence[str]) -> Person:
    found = [name for key, content in sources.confirmed.items() if (name := carry.hero_name(key, content))]
    concept = sources.confirmed.get(GenesisStage.CONCEPT_SELECTION) or {}
    said = carry.gender_of(str(concept.get("protagonist_sketch") or ""))
    gender = said or sources.spark.gender or _gender(sources, "protagonist")
    if found:
        return Person("protagonist", found[-1], said or known_gender(sources.language, found[-1]) or gender)
    own = sources.spark.name
    if own and sources.language == "en":
        gender = sources.spark.gender or known_gender("en", own) or gender_of_name(own)
        surname = draw_name(sources, "protagonist", gender, 0, taken).split()[-1]
        return Person("protagonist", own if " " in own else f"{own} {surname}", gender)
    return Person("protagonist", draw_name(sources, "protagonist", gender, sources.spin, taken), gender)


def _gender(sources: Sources, role: str) -> str:
    return sources.dice.child(sources.spin).pick(f"gender:{role}", ["f", "m"])


def draw_name(sources: Sources, role: str, gender: str, turn: int, taken: Sequence[str]) -> str:
    """A full name that shares no part with anybody in `taken`."""
    pool = name_pool(sources.language, sources.words["names"])
    given = [name for name in pool["m" if gender == "m" else "f"] if not any(name in full for full in taken)]
    surnames = [name for name in pool["surnames"] if not any(name in full for full in taken)]
    allowed, place = sources.wishes.allowed, ROLES.index(role)
    first = sources.dice.pick(f"{gender}:given", given, allowed, turn + place * 2)
    last = sources.dice.pick("surname", surnames, allowed, turn + place)
    return last + first if sources.language == "zh" else f"{first} {last}"


def _seen_en(sources: Sources, taken: Sequence[str]) -> str | None:
    return carry.lexicon_name(sources.corpus, all_given("en"), all_surnames("en"), taken)


def _seen_zh(sources: Sources, taken: Sequence[str]) -> str | None:
    """A full name of the lexicon's making in a Chinese text."""
    pool = name_pool("zh", sources.words["names"])
    given = "|".join(map(re.escape, [*pool["f"], *pool["m"]]))
    surnames = "|".join(map(re.escape, pool["surnames"]))
    return next((name for name in re.findall(rf"(?:{surnames})(?:{given})", sources.corpus) if name not in taken), None)


def _as_asked(person: Person, sources: Sources) -> Person:
    """`person` with the name and gender the writer gave; a name that was confirmed since then counts for more."""
    wishes, language = sources.wishes, sources.language
    name, gender = person.name, wishes.last("gender", person.role) or person.gender
    for stage, wish in sources.staged:
        later = sources.confirmed.get(stage)
        if later is not None and not any(wish.value in text for text in carry.texts(later)):
            continue
        if wish.kind == "name" and wish.role == person.role:
            name = renamed(name, wish.value, language)
            gender = wishes.last("gender", person.role) or known_gender(language, wish.value) or gender
        elif wish.kind == "rename" and (wish.old == name or wish.old in name.split()):
            name = wish.value if wish.old == name else name.replace(wish.old, wish.value)
    if gender != person.gender and name == person.name and known_gender(language, name) not in (None, gender):
        name = _other_given_name(sources, person, gender)
    return Person(person.role, name, gender, person.id)


def _other_given_name(sources: Sources, person: Person, gender: str) -> str:
    """A name that goes with the gender the writer asked for; the surname stays."""
    surname = person.last if sources.language == "en" else person.name[0]
    fresh = draw_name(sources, person.role, gender, sources.spin, [surname])
    return f"{fresh.split()[0]} {surname}" if sources.language == "en" else surname + fresh[1:]
