"""Repeatable choice. Keyed, so that one choice that changes leaves every other choice as it was."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


def _rank(*parts: object) -> bytes:
    """A hash that is the same in every process, which Python's own is not."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Dice:
    """Choices of one seed. Taking an option away only changes the choices that had fallen on it."""

    seed: str

    def order(self, key: str, options: Sequence[T]) -> list[T]:
        return sorted(options, key=lambda option: _rank(self.seed, key, option))

    def pick(self, key: str, options: Sequence[T], allowed: Callable[[T], bool] | None = None, turn: int = 0) -> T:
        """The `turn`-th allowed option in this key's order; when nothing is allowed, of all."""
        ordered = self.order(key, options)
        fit = [option for option in ordered if allowed(option)] if allowed else ordered
        chosen = fit or ordered
        return chosen[turn % len(chosen)]

    def sample(self, key: str, options: Sequence[T], count: int, allowed: Callable[[T], bool] | None = None) -> list[T]:
        ordered = self.order(key, options)
        return [option for option in ordered if allowed is None or allowed(option)][:count]

    def number(self, key: str, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int.from_bytes(_rank(self.seed, key)[:6], "big") % (high - low + 1)

    def child(self, *parts: object) -> "Dice":
        return Dice("/".join((self.seed, *map(str, parts))))
