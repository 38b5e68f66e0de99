"""All that a Bible is drawn from, in one place: the request, taken apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.spark import Spark
from infrastructure.writers.muse.wishes import Wish, Wishes

StagedWishes = tuple[tuple[GenesisStage, Wish], ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """`corpus`: all confirmed text, searched for names. `spin`: which of the shuffled choices this variant takes."""

    language: str
    genre: str
    words: Mapping[str, Any]
    spark: Spark
    staged: StagedWishes
    wishes: Wishes
    confirmed: Mapping[GenesisStage, Any]
    corpus: str
    dice: Dice
    spin: int

    def pick(self, key: str, options: Sequence[str]) -> str:
        return self.dice.pick(key, options, self.wishes.allowed, self.spin)
