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
        """What they are called once they have been introduced; a Chinese name is one word."""
        words = self.name.split()
        return self.name if len(words) > 1 and words[0].endswith(".") else words[0]


def article(phrase: str) -> str:
    """ "a" or "an", by the sound that the phrase begins with."""
    grammar = load("en/grammar")
    word = re.split(r"[ ’-]", phrase.lower(), maxsplit=1)[0]
    if word in grammar["an"]:
        return "an"
    return "an" if word[:1] in tuple("aeiou") and word not in grammar["a"] else "a"


def title_case(phrase: str) -> str:
    """The capitals of a phrase inside a title: "the map of the coast" becomes "the Map of the Coast"."""
    small = load("en/grammar")["small"]
    return " ".join(
        word if word in small else "-".join(part[:1].upper() + part[1:] for part in word.split("-"))
        for word in phrase.split()
    )


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def thing(language: str, phrase: str) -> Forms:
    """A thing that is written with its article, or in Chinese with "one" and its measure word."""
    if language == "zh":
        return {"": phrase, "a": phrase, "the": "那" + phrase[1:], "bare": phrase[2:], "title": phrase[2:]}
    bare = phrase.split(" ", 1)[1]
    return {"": phrase, "a": phrase, "the": f"the {bare}", "bare": bare, "title": title_case(f"the {bare}")}


def named(language: str, phrase: str) -> Forms:
    """Something that is always spoken of in the same way: "the dead", "memory", "the spring tide"."""
    return {"": phrase, "title": title_case(phrase) if language == "en" else phrase}


def figure(language: str, row: list[str]) -> Figure:
    """From a row of the lexicon; what it leaves out is derived from the word itself."""
    word, a, the, sex, age = row
    if language == "zh":
        return Figure(a or f"一名{word}", the or word, the or word, sex, age)
    if word.startswith("the "):
        return Figure(word, word, title_case(word), sex, age)
    title = title_case(the or f"the {word}") if the or len(word.split()) < 3 else ""
    return Figure(a or f"{article(word)} {word}", the or f"the {word}", title, sex, age)


def preposition(language: str, name: str) -> str:
    """What stands before a place's name: by its last word or the whole of it, "in" where nothing is known."""
    if language == "zh":
        return "在"
    last = re.sub(r"[^a-z]", " ", name.lower()).split()[-1:]
    table: Mapping[str, list[str]] = load("en/grammar")["prepositions"]
    return next((word for word, names in table.items() if last and last[0] in names), "in")


def place(language: str, where: Place, described: str) -> Forms:
    space = load(f"{language}/grammar")["marks"]["space"]
    within, title = f"{where.preposition}{space}", named(language, where.name)["title"]
    return {
        "": where.name,
        "in": within + where.name,
        "title": title,
        "in_title": within + title,
        "described": described,
    }


def person(language: str, somebody: Person) -> Forms:
    """Name and pronouns; `number` says how verbs agree after "they"."""
    pronouns: list[str] = load(f"{language}/grammar")["pronouns"][somebody.sex]
    words = somebody.name.split()
    return {
        "": somebody.name,
        "first": somebody.first,
        "last": " ".join(words[1:]) or somebody.name,
        "poss": somebody.first + ("’s" if language == "en" else "的"),
        **dict(zip((*PRONOUNS, "number"), pronouns, strict=True)),
    }


def number_word(language: str, number: int) -> str:
    """A number from 1 to 99 in words, as ages are written."""
    units, tens = (load(f"{language}/grammar")["numbers"][key] for key in ("units", "tens"))
    if number < len(units):
        return str(units[number])
    ten, unit = divmod(number, 10)
    joint = "-" if language == "en" and unit else ""
    return f"{tens[ten]}{joint}{units[unit]}"


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
