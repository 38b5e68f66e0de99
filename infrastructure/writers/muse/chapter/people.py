"""The two people of a chapter: whose view it is, and to whom they speak, with the words that stand for them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from application.chapter_writers import ChapterRequest, Figure
from infrastructure.writers.muse.forms import capital
from infrastructure.writers.muse.lexicon import load

LONGEST_NAME = 40
_VIEW = re.compile(r"\b(?:person|limited|omniscient|narrator|pov)\b|人称|视角|叙述", re.IGNORECASE)
_FIRST = re.compile(r"\bfirst[- ]person\b|第一人称", re.IGNORECASE)
_NO_NAME = frozenset(
    ("the", "a", "an", "old", "young", "mr", "mrs", "miss", "ms", "dr", "lady", "lord", "sir", "aunt", "uncle")
)
_THIRD = re.compile(r"\bthird[- ]person\b|第三人称", re.IGNORECASE)
_SHE, _HE = re.compile(r"\b(?:she|her|hers)\b|她", re.IGNORECASE), re.compile(r"\b(?:he|him|his)\b|他", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cast:
    """`me`: whose view it is; `others`: whom they meet, one a scene in turn. `first`: told as “I”.

    `stranger` and `nobody`: whom the muse had to put in; `shortened`: whether a name was too long to be repeated.
    """

    me: str
    others: tuple[str, ...]
    sex: str
    first: bool
    stranger: bool = False
    nobody: bool = False
    shortened: bool = False
    short: str = ""

    def words(self, language: str, scene: int, *, later: bool = False) -> Mapping[str, str]:
        """What fills the slots for people in a scene, from 1; `later`: they were introduced."""
        other = self.others[(scene - 1) % len(self.others)]
        called = self.short if later and self.short else self.me
        if language == "zh":
            me = "我" if self.first else called
            return {"A": me, "a": me, "B": other, "b": other, "name": self.me}
        her: Sequence[str] = load("en/grammar")["pronouns"][self.sex]
        mine = ("I", "me", "my") if self.first else (her[0], her[1], her[2])
        me = "I" if self.first else called
        group = ("we", "us", "both of us") if self.first else ("they", "them", "both of them")
        people = {"A": capital(me), "a": me, "B": capital(other), "b": other, "b2": other, "name": self.me}
        return {
            **people,
            **dict(zip(("p", "them", "their"), mine, strict=True)),
            **dict(zip(("we", "us", "both"), group, strict=True)),
        }

    def pronoun(self, language: str) -> Mapping[str, str]:
        """What stands for whose view it is, right after they were named; nothing where their sex is not known."""
        if self.first or self.sex == "n":
            return {}
        said = str(load(f"{language}/grammar")["pronouns"][self.sex][0])
        return {"A": capital(said), "a": said}


def cast_of(request: ChapterRequest, language: str, first: bool | None) -> Cast:
    """Who is in a chapter. `first`: what the instructions say of the person, None for nothing."""
    plan, given = request.plan, load(f"{language}/chapter")["defaults"]
    known = [figure.name for figure in request.book.people]
    who = list(dict.fromkeys(filter(None, map(_plain, plan.who))))
    view = _plain(plan.point_of_view)
    named = next((name for name in (*who, *map(_plain, known)) if name and name.casefold() in view.casefold()), "")
    if not named and view and not _VIEW.search(view):
        named = view
    me = named or (who[0] if who else next(filter(None, map(_plain, known)), ""))
    others = [name for name in who if name != me]
    if not who and me:
        others = [name for name in map(_plain, known) if name and name != me][:2]
    if first is None:
        first = bool(_FIRST.search(plan.point_of_view)) and not _THIRD.search(plan.point_of_view)
    short = tuple(dict.fromkeys(_short(name) for name in others)) or (given["other"],)
    mine = _short(me) or given["me"]
    short = tuple(one for one in short if one != mine) or (given["other"],)
    return Cast(
        me=mine,
        others=short,
        sex=_sex(me, language, request.book.people) if me else "n",
        first=first,
        stranger=bool(me) and not others,
        nobody=not me,
        short=_called(mine, short) if me and language == "en" else "",
        shortened=any(len(name) > LONGEST_NAME for name in (me, *others)),
    )


def _plain(name: str) -> str:
    """A name on one line, without what stands in brackets after it."""
    return " ".join(re.sub(r"[(（\[].*", "", " ".join(name.split())).split()).strip(" ,，;；.。:：")


def _short(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    head = name[:LONGEST_NAME]
    return head[: head.rfind(" ")] if " " in head[1:] else head


def _called(name: str, others: Sequence[str]) -> str:
    """A first name, where it stands for a name of two or three words in Latin letters and for nobody else."""
    parts = name.split()
    plain = 1 < len(parts) < 4 and len(parts[0]) > 1 and name.isascii() and name.replace(" ", "").isalpha()
    unclear = parts[0].lower() in _NO_NAME or any(one.split()[0] == parts[0] for one in others) if plain else True
    return "" if unclear else parts[0]


def _sex(name: str, language: str, people: Sequence[Figure]) -> str:
    """f, m or n (not known) of a name: by what the book says of them, else by the muse's own lists."""
    said = next((figure.said for figure in people if _plain(figure.name) == name), "")
    she, he = len(_SHE.findall(said)), len(_HE.findall(said))
    if she != he:
        return "f" if she > he else "m"
    known = _given_names(language)
    given = re.split(r"[ ·]", name)[0]
    if language == "zh" and given not in known:
        given = next((one for one in (given[1:], given[2:]) if len(one) > 1 and one in known), given)
    return known.get(given, "n")


@lru_cache(maxsize=2)
def _given_names(language: str) -> Mapping[str, str]:
    pools: Mapping[str, Any] = load(f"{language}/names")
    return {name: sex for pool in pools.values() for sex in ("f", "m") for name in pool.get(sex, ())}
