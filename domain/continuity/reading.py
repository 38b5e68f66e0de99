"""What one paragraph states: its sentences, and typed statements that name who they are about as the sentence does.

A reading depends on the paragraph alone. Who is meant, when it happens and what contradicts it is found over the whole
book, in check.py.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal[
    "eyes",
    "hair",
    "age",
    "birthplace",
    "handedness",
    "wound",
    "dead",
    "alive",
    "acts",
    "date",
    "season",
    "time_of_day",
    "years_pass",
    "place",
    "learns",
    "knows",
    "ignorant",
]

THEY = "~"
"""The subject of a statement whose sentence says he or she."""


class Statement(BaseModel):
    """What `sentence` (its index in the paragraph) states of `subject`, as written there; "" for the world at large.

    `value` by kind: a colour; an age in years; a place; `left`, `right`; for a wound `left leg`; a date as `MM`,
    `MM-DD` or `YYYY-MM-DD`; a season; what is known. `detail`: a date's weekday, 0 for Monday.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    sentence: int
    subject: str = ""
    value: str = ""
    detail: str = ""


class Reading(BaseModel):
    """`names`: what may be people's names, with the index of each sentence that has them. `sketch`: per sentence, a
    sample of hashes of its runs of words. `earlier`: indexes of sentences that tell of an earlier time, or of a dream.

    `long_ago`: the paragraph opens a scene of an earlier time. `scene_break`: it is nothing but a sign for one.
    `size`: words, each Chinese character being one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentences: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    names: tuple[tuple[int, str], ...] = ()
    sketch: tuple[tuple[int, ...], ...] = ()
    earlier: tuple[int, ...] = ()
    long_ago: bool = False
    scene_break: bool = False
    size: int = 0
