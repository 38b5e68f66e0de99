"""How much a model can read at once, and what of a request goes first when it is too much."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from infrastructure.writers.model.tokens import family

_BY_FAMILY = {"gpt": 128_000, "claude": 200_000, "open": 32_768}
_OWN_SERVER = 8_192
"""Tokens of context on a server of one's own that nobody has told about: what llama.cpp and Ollama start with."""

_ANSWER = 8_192
"""Tokens kept free for an answer whose length nobody has set."""

_FRAME = 1_500
"""Tokens for the schema of the answer and what a provider adds of its own."""


class Cut(IntEnum):
    """What is left out of a request, each step with all before it."""

    NOTHING = 0
    PROPOSALS = 1
    NOTES = 2
    EARLIER_STAGES = 3
    ALL_STAGES = 4


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens: `context` is what the model reads and writes together, `answer` what is kept free for its answer."""

    model: str = ""
    context: int = _BY_FAMILY["gpt"]
    answer: int = _ANSWER

    @property
    def room(self) -> int:
        """Tokens for instructions, material and task."""
        return self.context - min(self.answer, self.context // 2) - min(_FRAME, self.context // 8)

    def fitting(self, tokens_with: Callable[[Cut], int]) -> Cut:
        """The smallest cut with which the request fits; the largest when none does."""
        return next((cut for cut in Cut if tokens_with(cut) <= self.room), Cut.ALL_STAGES)


def budget_for(
    model: str, *, own_server: bool = False, context: int | None = None, answer: int | None = None
) -> Budget:
    """The budget of a model: its context as set, else as genai-prices lists it, else a cautious guess.

    `own_server`: a base URL is set. `context` and `answer` in tokens.
    """
    known = context or (None if own_server else _listed(model))
    kind = family(model)
    return Budget(model, known or (_OWN_SERVER if own_server else _BY_FAMILY[kind]), answer or _ANSWER)


@lru_cache(maxsize=64)
def _listed(model: str) -> int | None:
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415  (a second to import: not for the muse)

    provider, _, name = model.partition(":")
    try:
        _, found = get_snapshot().find_provider_model(name or provider, None, provider if name else None, None)
    except LookupError:
        return None
    return found.context_window
