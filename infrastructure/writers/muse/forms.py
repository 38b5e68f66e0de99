"""The forms that a word of the lexicon has in a sentence: with its article, in a title, with its preposition."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infrastructure.writers.muse.lexicon import load

Forms = Mapping[str, str]
"""What each form of a slot reads like; "" is the slot without a form."""

TEXT = frozenset({""})
NAMED = frozenset({"", "title"})
THING = frozenset({"", "a", "the", "bare", "title"})
PLACE = frozenset({"", "in", "title", "in_title", "described"})
PRONOUNS = ("they", "them", "their", "theirs", "themself")
PERSON = frozenset({"", "first", "last", "poss", "number", *PRONOUNS})
HERO = PERSON | {"a", "the", "bare", "title"}
RIVAL = PERSON | {"post"}


@dataclass(frozen=True, slots=True)
class Figure:
    """Who somebody is in a few words. `title` is "" where it makes no title; sex and age "" where they are open."""

    a: str
    the: str
    title: str
    sex: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """`preposition` stands before the name; `description` is "" for a place that the lexicon does not describe."""

    name: str
    preposition: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the story. `sex`: f, m or n (spoken of as "they"). `id` is set once it is confirmed."""

    role: str
    name: str
    sex: str
    id: str = ""

    @property
    def first(self) -> str:
        """What they are called once they have been introduced; a Chinese name is one word, a translated one has two."""
        words = re.split("[ ·]", self.name)
        return self.name if len(words) > 1 and words[0].endswith(".") else words[0]


def title_case(language: str, phrase: str) -> str:
    """The capitals of a phrase inside a title: "the map of the coast" becomes "the Map of the Coast"."""
    grammar = load(f"{language}/grammar")
    words = phrase.split() if grammar["spaced"] else []
    cased = [word if word in grammar["small"] else "-".join(map(capital, word.split("-"))) for word in words]
    return " ".join(cased) or phrase


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def thing(language: str, phrase: str) -> Forms:
    """A thing that is written with its article, or with a number and a measure word. Raises ValueError without one."""
    grammar = load(f"{language}/grammar")
    pattern, the, bare = grammar["thing"]
    found = re.fullmatch(pattern, phrase)
    if found is None:
        raise ValueError(f"A thing needs its article: {phrase}")
    the, bare = found.expand(the), found.expand(bare)
    title = title_case(language, the) if grammar["spaced"] else bare
    return {"": phrase, "a": phrase, "the": the, "bare": bare, "title": title}


def named(language: str, phrase: str) -> Forms:
    """Something that is always spoken of in the same way: "the dead", "memory", "the spring tide"."""
    return {"": phrase, "title": title_case(language, phrase)}


def figure(language: str, row: list[str]) -> Figure:
    """From a row of the lexicon; what it leaves out is derived from the word itself. Long ones make no title."""
    word, a, the, sex, age = row
    grammar = load(f"{language}/grammar")
    if grammar["the"] and word.startswith(grammar["the"]):
        a = the = word
    article = next(article for pattern, article in grammar["articles"] if re.match(pattern, word, re.IGNORECASE))
    whole = the or grammar["the"] + word
    title = title_case(language, whole) if the or len(word.split()) < 3 else ""
    return Figure(a or article + word, whole, title, sex, age)


def preposition(language: str, name: str) -> str:
    """What stands before a place's name, by its last word."""
    last = re.sub(r"[\W\d_]", " ", name.lower()).split()[-1:]
    table: Mapping[str, list[str]] = load(f"{language}/grammar")["prepositions"]
    return next(word for word, names in table.items() if not names or not set(names).isdisjoint(last))


def place(language: str, where: Place, described: str) -> Forms:
    within, title = where.preposition + load(f"{language}/grammar")["marks"]["space"], title_case(language, where.name)
    inside = {"in": within + where.name, "in_title": within + title}
    return {"": where.name, "title": title, "described": described, **inside}


def person(language: str, somebody: Person) -> Forms:
    """Name and pronouns; `number` says how verbs agree after "they"."""
    grammar = load(f"{language}/grammar")
    return {
        "": somebody.name,
        "first": somebody.first,
        "last": re.split("[ ·]", somebody.name, maxsplit=1)[-1],
        "poss": somebody.first + grammar["possessive"],
        **dict(zip((*PRONOUNS, "number"), grammar["pronouns"][somebody.sex], strict=True)),
    }


def full_name(language: str, given: str, family: str) -> str:
    """`family` may begin with the mark that joins it to a translated name ("·林德"), whose given name comes first."""
    family_first = load(f"{language}/grammar")["family_first"] and not family.startswith("·")
    return family + given if family_first else given + family if family.startswith("·") else f"{given} {family}"


def with_given(language: str, name: str, given: str) -> str:
    """`name` with another given name; where the family's comes first, as the lists of names have it, it stays."""
    if not load(f"{language}/grammar")["family_first"]:
        return " ".join([given, *name.split()[1:]])
    if "·" in name:
        return given + name[name.index("·") :]
    families = (family for pool in load(f"{language}/names").values() for family in pool["surnames"])
    return next((one for one in families if len(one) > 1 and name.startswith(one)), name[:1]) + given


def number_word(language: str, number: int) -> str:
    """A number from 1 to 99 in words, as ages are written."""
    words: Mapping[str, Any] = load(f"{language}/grammar")["numbers"]
    if number < len(words["units"]):
        return str(words["units"][number])
    ten, unit = divmod(number, 10)
    return str(words["tens"][ten]) + (words["joint"] + words["units"][unit] if unit else "")


def quoted(language: str, text: str, *, ends: str = "") -> str:
    """The writer's words in quotation marks, their own marks inside; `ends`: "in" or "out", a sentence ends here,

    with its stop inside the quotation marks or outside, unless the words bring one of their own.
    """
    marks: Mapping[str, Any] = load(f"{language}/grammar")["marks"]
    left, right = marks["inner"]
    inside = re.sub(r"[\"“”]([^\"“”]*)[\"“”]", rf"{left}\1{right}", text)
    stop = "" if not ends or inside.endswith(tuple(marks["ends"])) else marks["end"]
    before, after = (stop, "") if ends == "in" else ("", stop)
    return f"{marks['open']}{inside}{before}{marks['close']}{after}"
