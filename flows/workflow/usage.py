"""Carries what the attempts of one generation have asked and used: told once, with its outcome, whatever that is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue

from application.usage_total import UsageTotal
from application.writers import Spent
from domain.genesis.asked import Asked


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the attempts before this one asked and used."""

    used: UsageTotal
    asked: Asked | None = None

    @classmethod
    def kept(cls, error_data: Mapping[str, Any] | None) -> "Earlier":
        """What an earlier worker left in its last error."""
        asked = (error_data or {}).get("asked")
        return cls(UsageTotal.kept(error_data), Asked.model_validate(asked) if isinstance(asked, dict) else None)

    @classmethod
    def latest(cls, one: "Earlier", other: "Earlier") -> "Earlier":
        """Of two that were written down at different times, the later one: it counts all that the other counts."""
        return max(one, other, key=lambda found: len(found.asked.attempts) if found.asked is not None else 0)

    @property
    def wasted(self) -> int:
        """Requests that brought nothing."""
        return sum(one.cause is not None for one in self.asked.attempts) if self.asked is not None else 0

    def with_spent(self, spent: Spent | None) -> "Earlier":
        return replace(self, used=self.used.plus(spent))

    def with_asked(self, asked: Asked | None) -> "Earlier":
        return self if asked is None else replace(self, asked=asked.after(self.asked))

    def as_json(self) -> dict[str, JsonValue]:
        asked = None if self.asked is None else self.asked.model_dump(mode="json")
        return {"spent": self.used.as_json(), "asked": asked}
