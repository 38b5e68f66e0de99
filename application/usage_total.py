"""Adds up what the attempts of one generation have used: told once, with its outcome, whatever that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from application.writers import Spent


@dataclass(frozen=True, slots=True)
class UsageTotal:
    """`known`: no attempt used anything at an unknown price. Kept as JSON between workers."""

    usage: Mapping[str, JsonValue]
    cost_usd: float | None
    known: bool
    price_source: str | None

    @classmethod
    def nothing(cls) -> "UsageTotal":
        return cls({}, None, True, None)

    @classmethod
    def kept(cls, error_data: Mapping[str, Any] | None) -> "UsageTotal":
        """What an earlier worker left in its last error."""
        spent = (error_data or {}).get("spent")
        return cls(**spent) if isinstance(spent, dict) else cls.nothing()

    def plus(self, spent: Spent | None) -> "UsageTotal":
        if spent is None:
            return self
        usage = dict(self.usage)
        for name, value in spent.usage.items():
            before = usage.get(name, 0)
            if isinstance(value, int | float) and isinstance(before, int | float):
                usage[name] = before + value
            else:
                usage[name] = value
        return UsageTotal(
            usage,
            self.cost_usd if spent.cost_usd is None else round((self.cost_usd or 0.0) + spent.cost_usd, 8),
            self.known and spent.cost_usd is not None,
            spent.price_source or self.price_source,
        )

    @property
    def spent(self) -> Spent:
        """As it is charged: None as soon as a part is unknown, which is not nought."""
        cost = self.cost_usd if self.known else None
        return Spent(self.usage, cost, self.price_source if cost is not None else None)

    def as_json(self) -> dict[str, JsonValue]:
        return {
            "usage": dict(self.usage),
            "cost_usd": self.cost_usd,
            "known": self.known,
            "price_source": self.price_source,
        }
