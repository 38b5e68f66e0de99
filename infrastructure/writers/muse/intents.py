"""What the writer asks for in feedback, as intents that change the plan, and what is said about each.

Precision comes before recall: what is not surely understood is a NOTE with the writer's words, whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from infrastructure.writers.muse.lexicon import load


class IntentKind(StrEnum):
    RENAME = auto()
    SEX = auto()
    AGE = auto()
    TRADE = auto()
    PLACE = auto()
    TIME = auto()
    ADD = auto()
    DROP = auto()
    TONE = auto()
    POINT_OF_VIEW = auto()
    TENSE = auto()
    LENGTH = auto()
    ENDING = auto()
    GENRE = auto()
    STRUCTURE = auto()
    TITLE = auto()
    REWRITE = auto()
    CONTRADICTION = auto()
    NOTE = auto()


class Outcome(StrEnum):
    """What the plan made of an intent."""

    DONE = auto()
    ALREADY = auto()  # it was so before
    ABSENT = auto()  # DROP: it was not there, and stays out
    NEEDED = auto()  # DROP: a story cannot do without it
    UNABLE = auto()  # understood, but the lexicon has nothing for it; REWRITE: no other wording
    NOTE = auto()  # not understood


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing asked for.

    `value`: the new name, place, time, title or element in the writer's words; for SEX f, m or n; for AGE older,
    younger, child, young, middle, old or a number of years; for TONE, POINT_OF_VIEW, TENSE, ENDING, GENRE and
    STRUCTURE a key of `data/<language>/intents.toml` (GENRE: of `lexicon.GENRES`); for LENGTH longer, shorter or a
    number; for REWRITE the part's key, or "all"; for NOTE the writer's words; for CONTRADICTION the words that count,
    or "" when nothing was done.
    `target`: whom: a role key, a key of `people`, or "" for the protagonist. For LENGTH words or chapters; for PLACE
    and TIME the writer's preposition, or ""; for CONTRADICTION the kind that is contradicted.
    `words`: a part of the feedback, as it may be quoted.
    """

    kind: IntentKind
    value: str
    target: str = ""
    words: str = ""


def read_intents(text: str, language: str, people: Mapping[str, str]) -> tuple[Intent, ...]:
    """The intents of one feedback, in its order. Never raises; linear in the length of `text`.

    `people`: who exists already, name or description ("Katrin Harrow", "the keeper") -> role key. A key that is a
    pronoun ("she", "he", "她", "他") says whom that pronoun means; without such keys every pronoun means whoever was
    named before in the same line, or else the protagonist.
    """
    words = text.strip()
    return (Intent(IntentKind.NOTE, words, "", words),) if words else ()


def adjustment(intent: Intent, language: str, *, outcome: Outcome) -> str:
    """One sentence for the writer: what was done about `intent`, or why nothing was."""
    said = load(f"{language.split('-', maxsplit=1)[0]}/intents")["said"]
    template = said.get(f"{intent.kind}_{outcome}") or said[outcome]
    return str(template).format(words=intent.words, value=intent.value)


def old_name_remains(name: str, places: Sequence[str], language: str) -> str:
    return f"{name}: {', '.join(places)} ({language})"
