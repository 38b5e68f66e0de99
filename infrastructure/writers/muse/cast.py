"""Names and pronouns: drawn from the lexicon, or what the writer and the confirmed content say they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infrastructure.writers.muse.carry import gender_of, texts
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.wishes import is_chinese

ROLES = ("protagonist", "antagonist", "ally", "mentor", "love_interest", "foil", "supporting")

_PRONOUNS: Mapping[str, Mapping[str, tuple[str, str, str, str, str]]] = {
    "en": {
        "f": ("she", "her", "her", "hers", "herself"),
        "m": ("he", "him", "his", "his", "himself"),
        "x": ("they", "them", "their", "theirs", "themself"),
    },
    "zh": {
        "f": ("她", "她", "她的", "她的", "她自己"),
        "m": ("他", "他", "他的", "他的", "他自己"),
        "x": ("TA", "TA", "TA的", "TA的", "TA自己"),
    },
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the story, as far as sentences need to know them."""

    role: str
    name: str
    gender: str
    id: str = ""

    @property
    def first(self) -> str:
        """What they are called once they have been introduced."""
        if is_chinese(self.name):
            return self.name
        words = self.name.split()
        if (
            words[0].rstrip(".") in ("Dr", "Mr", "Mrs", "Ms", "Miss", "Captain", "Sister", "Father", "Old")
            and len(words) > 1
        ):
            return self.name
        return words[0]

    @property
    def last(self) -> str:
        return self.name if is_chinese(self.name) else self.name.split()[-1]


def pronouns(language: str, gender: str, prefix: str = "", plural: bool = False) -> dict[str, str]:
    """The pronoun slots, each with `prefix` in front."""
    if plural:
        they = ("they", "them", "their", "theirs", "themselves")
        if language == "zh":
            we = "她们" if gender == "f" else "他们"
            they = (we, we, we + "的", we + "的", we + "自己")
    else:
        they = _PRONOUNS[language][gender]
    keys = ("they", "them", "their", "theirs", "themself")
    return {prefix + key: value for key, value in zip(keys, they, strict=True)}


def name_pool(language: str, flavour: str) -> Mapping[str, Sequence[str]]:
    pool: Mapping[str, Sequence[str]] = load(f"{language}/names")[flavour]
    return pool


def all_given(language: str) -> list[str]:
    return [name for pool in load(f"{language}/names").values() for key in ("f", "m") for name in pool[key]]


def all_surnames(language: str) -> list[str]:
    return [name for pool in load(f"{language}/names").values() for name in pool["surnames"]]


def known_gender(language: str, name: str) -> str | None:
    """The gender our lists give a full name, if they have it."""
    own = name.split(maxsplit=1)[0]
    for pool in load(f"{language}/names").values():
        for gender in ("f", "m"):
            if any(own == given or (language == "zh" and name.endswith(given)) for given in pool[gender]):
                return gender
    return None


def renamed(current: str, wanted: str, language: str) -> str:
    """`wanted`, with the old surname kept when the writer gave one name only."""
    if language == "zh" or " " in wanted or " " not in current or is_chinese(wanted):
        return wanted
    return f"{wanted} {current.rsplit(maxsplit=1)[-1]}"


def confirmed_people(content: Mapping[str, Any] | None, language: str) -> list[Person]:
    """The people of confirmed characters, in their order, with the ids that plots refer to."""
    people = []
    for item in (content or {}).get("characters") or []:
        own = " ".join(
            text for key, value in item.items() if key not in ("relations", "conflict") for text in texts(value)
        )
        gender = known_gender(language, str(item["name"])) or gender_of(own) or "f"
        people.append(Person(str(item.get("role") or "supporting"), str(item["name"]), gender, str(item["id"])))
    return people
