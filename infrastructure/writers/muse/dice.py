"""Repeatable choice. Keyed, so that one choice that changes leaves every other choice as it was."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")


def _rank(*parts: object) -> bytes:
    """A hash that is the same in every process, which Python's own is not."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()


@lru_cache(maxsize=4096)
def _order(seed: str, key: str, options: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(sorted(options, key=lambda option: _rank(seed, key, option)))


@dataclass(frozen=True, slots=True)
class Dice:
    """Choices of one seed. Every key has its own shuffled order; `turn` moves all of them on by that many places,

    so a later round takes what the earlier ones left. Taking an option away only changes choices that fell on it.
    """

    seed: str
    turn: int = 0

    def order(self, key: str, options: Sequence[T]) -> list[T]:
        return list(_order(self.seed, key, tuple(options)))

    def pick(self, key: str, options: Sequence[T], allowed: Callable[[T], bool] | None = None, extra: int = 0) -> T:
        """One allowed option; when nothing is allowed, one of all. `extra`: so many places further."""
        ordered = self.order(key, options)
        start = (self.turn + extra) % len(ordered)
        turned = ordered[start:] + ordered[:start]
        return next((option for option in turned if allowed is None or allowed(option)), turned[0])

    def sample(self, key: str, options: Sequence[T], count: int, allowed: Callable[[T], bool] | None = None) -> list[T]:
        """Up to `count` different allowed options."""
        if not options:
            return []
        ordered = self.order(key, options)
        start = self.turn * count % len(ordered)
        turned = ordered[start:] + ordered[:start]
        return [option for option in turned if allowed is None or allowed(option)][:count]

    def number(self, key: str, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + (int.from_bytes(_rank(self.seed, key)[:6], "big") + self.turn) % (high - low + 1)

    def child(self, *parts: object) -> "Dice":
        return Dice("/".join((self.seed, *map(str, parts))))

    def turned(self, turn: int) -> "Dice":
        return replace(self, turn=turn)
