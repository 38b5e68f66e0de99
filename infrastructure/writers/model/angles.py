"""Angles: what makes one proposal of a round differ from the next. The prompt names one for each."""

import random
import tomllib
from functools import lru_cache
from pathlib import Path

from genesis_types.enums import GenesisStage

_DATA = Path(__file__).parent / "data" / "angles.toml"


@lru_cache
def _angles() -> dict[str, list[str]]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def angles(stage: GenesisStage, count: int, seed: str, *, skip: int = 0) -> tuple[str, ...]:
    """`count` angles of a stage, no two alike while there are enough.

    The same `seed` gives the same order; `skip` is how many were used already, so that rounds go on where the last one
    ended.
    """
    known = _angles()[stage.value]
    order = random.Random(f"{stage.value}:{seed}").sample(known, len(known))  # noqa: S311
    return tuple(order[(skip + index) % len(order)] for index in range(count))
