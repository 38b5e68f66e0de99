"""How much a model can read at once, and what of a request goes first when it is too much."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Literal

from infrastructure.writers.model.tokens import family

WantedParts = Literal["auto", "always", "never"]

_BY_FAMILY = {"gpt": 128_000, "claude": 200_000, "open": 32_768}
_OWN_SERVER = 8_192
"""Tokens of context on a server of one's own that nobody has told about: what llama.cpp and Ollama start with."""

_KNOWN_PROVIDERS = (
    *("api.openai.com", "api.anthropic.com", "generativelanguage.googleapis.com", "openrouter.ai"),
    *("api.deepseek.com", "api.mistral.ai", "api.x.ai", "api.groq.com", "openai.azure.com"),
)
_ANSWER = 8_192
"""Tokens kept free for an answer whose length nobody has set."""

_FRAME = 1_500
"""Tokens for the schema of the answer and what a provider adds of its own."""

_NEED = {  # tokens of one content: (lean, full)
    "ConceptVariant": (900, 2_000),
    "StoryConception": (2_000, 6_000),
    "Characters": (3_500, 14_000),
    "Worldview": (2_500, 12_000),
    "PlotOutline": (5_000, 24_000),
    # parts of them (parts/plans.py)
    "CastList": (600, 1_500),
    "Person": (900, 2_500),
    "Beats": (1_500, 8_000),
    "Chapters": (1_200, 5_000),
    # what a search for contradictions finds (search.py)
    "Contradictions": (1_500, 8_000),
    "WorldFrame": (1_200, 5_000),
    "Places": (900, 4_000),
    "Factions": (600, 4_000),
    "History": (900, 5_000),
    "Concerns": (300, 600),
}
_MORE = (1_500, 8_000)


class Cut(IntEnum):
    """What is left out of a request, each step with all before it."""

    NOTHING = 0
    PROPOSALS = 1
    NOTES = 2
    CORE_OF_STAGES = 3
    EARLIER_STAGES = 4
    ALL_STAGES = 5


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens: `context` is what the model reads and writes together, `answer` what is kept free for its answer.

    `told`: somebody said how large the context is, or a list did; else it is a cautious guess.
    """

    model: str = ""
    context: int = _BY_FAMILY["gpt"]
    answer: int = _ANSWER
    told: bool = True

    @property
    def room(self) -> int:
        """Tokens for instructions, material and task."""
        return self.context - min(self.answer, self.context // 2) - self._frame

    @property
    def most(self) -> int:
        """Tokens beyond which a request is not worth sending: a quarter of the context is left for the answer."""
        return self.context - min(self.answer, self.context // 4) - self._frame

    @property
    def _frame(self) -> int:
        return min(_FRAME, self.context // 8)

    def answer_after(self, prompt: int) -> int | None:
        """How long an answer can be after a prompt of so many tokens; None where the context is only guessed."""
        return max(256, self.context - prompt - self._frame) if self.told else None

    def fitting(self, tokens_with: Callable[[Cut], int]) -> Cut:
        """The smallest cut with which the request fits; the largest when none does.

        Before the core of the other stages is lost, the answer gets less room: names alone make a poor story.
        """
        fits = (cut for cut in Cut if tokens_with(cut) <= (self.room if cut < Cut.CORE_OF_STAGES else self.most))
        return next(fits, Cut.ALL_STAGES)


def budget_for(
    model: str, *, own_server: bool = False, context: int | None = None, answer: int | None = None
) -> Budget:
    """The budget of a model: its context as set, else as genai-prices lists it, else a cautious guess.

    `own_server`: a base URL is set. `context` and `answer` in tokens.
    """
    known = context or (None if own_server else _listed(model))
    kind = family(model)
    guess = _OWN_SERVER if own_server else _BY_FAMILY[kind]
    return Budget(model, known or guess, answer or _ANSWER, told=known is not None)


def is_own_server(base_url: str | None) -> bool:
    """Whether a base URL is that of a server of one's own, and not of a provider that serves large models."""
    return base_url is not None and not any(host in base_url for host in _KNOWN_PROVIDERS)


def answer_tokens(content: str, count: int, *, lean: bool) -> int:
    """How long an answer of `count` contents can have to be."""
    at = 0 if lean else 1
    return _MORE[at] + _NEED.get(content, _NEED["PlotOutline"])[at] * count


def asked_in_parts(
    wanted: WantedParts, content: str, *, lean: bool, longest: int | None, context: int | None, aimed: bool = False
) -> bool:
    """Whether a content of this kind is asked for part by part, if it has any.

    `longest` and `context` in tokens, None where nobody has said. The need is reckoned amply: half of it may do.
    `aimed`: a note concerns one part alone, so that asking for it is cheaper for every model.
    """
    if wanted != "auto":
        return wanted == "always"
    if aimed:
        return True
    need = answer_tokens(content, 1, lean=lean)
    return lean or (longest is not None and need // 2 > longest) or (context is not None and need > context // 2)


@lru_cache(maxsize=64)
def _listed(model: str) -> int | None:
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415  (a second to import: not for the muse)

    provider, _, name = model.partition(":")
    try:
        _, found = get_snapshot().find_provider_model(name or provider, None, provider if name else None, None)
    except LookupError:
        return None
    return found.context_window
