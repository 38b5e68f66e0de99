"""Holds a scene against its author's style and against what sounds machine-made: findings that a revision may mend."""

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.project.style import Style
from domain.prose.fingerprint import Trait, deviations, fingerprint, paragraphs_in
from domain.prose.machine import Kind, flags
from domain.prose.text import narration


class Finding(BaseModel):
    """`code`: a flag's kind, BANNED, or the trait in which it is far from the sample. `about`: the words, figures.

    PLAN, STYLE and CONTINUITY are a model's: `about` says what is wrong, `quote` stands in the scene and `against` in
    the plan or in what the book has established, word for word.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Kind | Trait | Literal["BANNED", "PLAN", "STYLE", "CONTINUITY"]
    about: str
    quote: str = ""
    against: str = ""


class SceneCritique(BaseModel):
    """What was found in the first version of a scene, whether it was written again, and what is left in the one that
    was kept: the best of them, not the last. `rounds`: how often it was written again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    found: tuple[Finding, ...] = ()
    revised: bool = False
    kept: Literal["first", "revision"] = "first"
    left: tuple[Finding, ...] = ()
    rounds: int = 0


def findings(paragraphs: Sequence[str], earlier: Sequence[str], style: Style, language: str) -> tuple[Finding, ...]:
    """`earlier`: the scenes before it, which it must not open or end like."""
    found = [
        Finding(code=flag.kind, about=flag.about[:400])
        for flag in flags([*earlier, *paragraphs], language, style.sample)
        if flag.paragraph >= len(earlier)
    ]
    told = "\n".join(map(narration, paragraphs))
    found += [Finding(code="BANNED", about=phrase) for phrase in style.banned if _stands(phrase, told)]
    sample = fingerprint(paragraphs_in(style.sample))
    found += [
        Finding(code=one.trait, about=f"{one.measured:g} / {one.wanted:g}")
        for one in deviations(sample, fingerprint(paragraphs))
    ]
    return tuple(found)


def _stands(phrase: str, text: str) -> bool:
    wanted = re.escape(phrase.strip())
    spaced = phrase.isascii()
    return bool(wanted) and bool(re.search(rf"(?<!\w){wanted}(?!\w)" if spaced else wanted, text, re.IGNORECASE))
