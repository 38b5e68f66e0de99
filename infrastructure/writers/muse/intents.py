"""What the writer asks for in feedback, as intents that change the plan, and what is said about each.

Precision comes before recall: what is not surely understood is a NOTE with the writer's words, whole.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import lru_cache
from typing import Any

from infrastructure.writers.muse import reading
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
    pronoun ("she", "he", "they", "她", "他", "TA") says whom that pronoun means; without such keys every pronoun means
    whoever was named last, or else the protagonist ("they": nobody for sure), and a RENAME or TRADE by pronoun gives
    its SEX besides.
    """
    return _read(text, language.split("-", 1)[0], tuple(people.items()))


@lru_cache(maxsize=256)  # every round of a session reads all its feedback again
def _read(text: str, language: str, people: tuple[tuple[str, str], ...]) -> tuple[Intent, ...]:
    wishes = reading.read(text, language, dict(people))
    return tuple(dict.fromkeys(Intent(IntentKind(kind), value, target, words) for kind, value, target, words in wishes))


QUOTE_LIMIT = 240  # characters of the writer's own words in one sentence


def adjustment(intent: Intent, language: str, *, outcome: Outcome) -> str:
    """One sentence for the writer: what was done about `intent`, or why nothing was."""
    data = _data(language)
    said, kind, labels = data["said"], intent.kind, data["labels"]
    if kind is IntentKind.CONTRADICTION:
        template = said["contradiction_later" if intent.value else "contradiction"]
    elif outcome is Outcome.DONE:
        special = "number" if kind is IntentKind.AGE and intent.value.isdigit() else intent.value
        template = (
            said.get(f"{kind}_{special}") or said.get(f"{kind}_{intent.target}") or said.get(kind) or said["note"]
        )
    else:
        template = said.get(f"{kind}_{outcome}") or said[outcome]
    who = labels.get(intent.target or "protagonist") or said["quoted"].format(quotable(intent.target))
    label = (data["parts"] if kind is IntentKind.REWRITE else labels).get(intent.value, intent.value)
    value, words = quotable(intent.value), quotable(intent.words)
    if (not words and "{words}" in template) or (not value and "{value}" in template):
        template = said["long"]
    return str(template).format(who=who, label=label, value=value, words=words)


def _data(language: str) -> Mapping[str, Any]:
    return load(f"{'zh' if language.startswith('zh') else 'en'}/intents")


def old_name_remains(name: str, places: Sequence[str], language: str) -> str:
    """A confirmed text still has the old name. `places`: stage keys, or stage and field ("concept_selection/hook")."""
    data = _data(language)
    said, where = data["said"], []
    for place in places:
        stage, _, field = place.partition("/")
        field = field.split("/", 1)[0]
        label = data["fields"].get(field, field.replace("_", " "))
        where.append(data["stages"][stage] + (said["field"].format(label) if field else ""))
    return str(said["old_name"]).format(value=name, where=said["join"].join(dict.fromkeys(where)))


def quotable(words: str) -> str:
    """`words` on one line; when too long, the first whole sentences that fit; "" when none does."""
    line = " ".join(words.split())
    if len(line) <= QUOTE_LIMIT:
        return line
    ends = [found.end() for found in re.finditer(r"[.!?](?=\s)|[。！？]", line[: QUOTE_LIMIT + 1])]
    return line[: ends[-1]] if ends else ""
