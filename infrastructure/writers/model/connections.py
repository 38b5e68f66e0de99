"""A model that can be asked: where it is, how it may be asked at first, and how long it may take."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic_ai.models import Model

from infrastructure.writers.limits import TimeLimits
from infrastructure.writers.model.budget import (
    Budget,
    WantedParts,
    answer_tokens,
    asked_in_parts,
    budget_for,
    is_own_server,
)
from infrastructure.writers.model.ladder import Rung, Way
from infrastructure.writers.model.targets import Prices, WantedProfile

Profile = Literal["lean", "full"]

_MOST = {"openai": 16_000}
_MOST_ELSEWHERE = 32_000


@dataclass(frozen=True)
class Connection:
    """`base_url` None: the provider's own address. `longest`: tokens that an answer may have at most, if one says.

    `context`: tokens that it reads and writes together, None where nobody has said it; `prices`: not the table's.
    """

    model: Model = field(repr=False)
    provider: str
    base_url: str | None
    profile: Profile
    limits: TimeLimits
    longest: int | None = None
    context: int | None = None
    prices: Prices | None = field(default=None, repr=False)
    parts: WantedParts = "auto"
    said_longest: int | None = None

    @property
    def name(self) -> str:
        return self.model.model_name

    @property
    def first_way(self) -> Way:
        rung = Rung.SCHEMA if self.provider in ("openai", "own-server") else Rung.TOOL
        return Way(rung, lean=self.profile == "lean")

    def max_tokens(self, content: str, count: int, *, lean: bool, times: int = 1) -> int:
        """The longest answer for `count` contents of this kind: never less than they can need."""
        wanted = answer_tokens(content, count, lean=lean) * times
        most = min(wanted, self.longest or _MOST.get(self.provider, _MOST_ELSEWHERE))
        return most if self.context is None else min(most, max(self.context // 2, 256))

    def in_parts(self, content: str, *, lean: bool, aimed: bool = False) -> bool:
        """Whether a content of this kind is asked for part by part, if it has any.

        One request is cheaper where the model can write all of it: so only of small ones, or where the model may write
        less than half of what the answer can need, or the answer is more than half of what it can read and write. And
        where a note is `aimed` at one part of what it refines.
        """
        return asked_in_parts(
            self.parts, content, lean=lean, longest=self.said_longest, context=self.context, aimed=aimed
        )

    def budget(self, answer: int) -> Budget:
        """How much of a request this model can read, with `answer` tokens kept free."""
        return budget_for(
            f"{self.provider}:{self.name}" if self.provider in ("openai", "anthropic") else self.name,
            own_server=is_own_server(self.base_url),
            context=self.context,
            answer=answer,
        )


def profile_for(base_url: str | None, wanted: WantedProfile) -> Profile:
    """Lean for a server of one's own, full for the providers that serve large models."""
    if wanted != "auto":
        return wanted
    return "lean" if is_own_server(base_url) else "full"
