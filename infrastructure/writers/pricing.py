"""Prices generations: what one can cost at most before it begins, and what it did cost when it has ended.

Prices of models come from the table of genai-prices (https://github.com/pydantic/genai-prices), tiers included; those
of models that it does not know come from the settings. Nothing here imports a provider's library.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from application.writers import WriterRequest
from domain.account.amounts import MICRO
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.parts.counting import parts_of
from infrastructure.writers.model.prompts import instructions, question
from infrastructure.writers.model.search import shape_of
from infrastructure.writers.model.targets import Prices, Target, target_of

_FRAME_TOKENS = 1_000
"""What a provider adds of its own to a request with a tool: a few hundred tokens, by their documentation."""

_MILLION = Decimal(1_000_000)
_LISTED = ("openai", "anthropic")
_SCHEMAS: dict[tuple[GenesisStage, int, str], int] = {}
"""Bytes of the schema of an answer, by what decides how long it is."""


def make_pricing(settings: Settings) -> "FlatPricing | ModelPricing":
    """What the writer of the settings costs. Raises OperatorError when nobody knows."""
    if settings.model.strip().lower() in ("", "muse"):
        return FlatPricing(rounded_up(settings.credits_muse_price))
    assert settings.output_tokens is not None
    prices = settings.credits_input_price, settings.credits_output_price
    given = (prices[0], prices[1]) if prices[0] is not None and prices[1] is not None else None
    found = ModelPricing(target_of(settings), settings.output_tokens, given)
    if not found.known:
        raise OperatorError(
            f"Credits are on, and the price of the model “{settings.model}” is not known.",
            "Set GENESIS_CREDITS_INPUT_PRICE and GENESIS_CREDITS_OUTPUT_PRICE (US dollars for a million tokens; "
            "0 if it is free), or GENESIS_CREDITS=off.",
        )
    return found


class FlatPricing:
    """The muse: the same for every generation, nothing unless a price is set."""

    def __init__(self, amount: int) -> None:
        self.amount = amount

    def estimate(self, request: WriterRequest) -> int:  # noqa: ARG002
        return self.amount

    def charge(self, usage: Mapping[str, JsonValue], cost_usd: float | None, model: str) -> int | None:  # noqa: ARG002
        return self.amount


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one request used; `read` and `written` are the parts of the input that a provider's cache had or took."""

    input: int
    output: int
    read: int = 0
    written: int = 0


class ModelPricing:
    """A model, by the table's price; by `given` where the table has none, or is not to be looked at (`listed`).

    `output`: tokens of its longest answer; `known`: whether there is any price at all.
    """

    def __init__(self, target: Target, output: int, given: Prices | None, *, listed: bool = True) -> None:
        self._target = target
        self._output = output
        self._base_url = target.base_url
        self._model = target.model
        self._provider = target.protocol if target.protocol in _LISTED and self._base_url is None else None
        self._in_table = listed and bool(self._listed(Tokens(1_000_000, 1_000_000), self._model))
        self._per_million = given
        self.known = self._in_table or given is not None

    def estimate(self, request: WriterRequest) -> int:
        """As many requests as a click may cost, each as long as it can be, and each answered at its longest."""
        return self.most(request, longest_request(request))

    def most(self, request: WriterRequest, longest: int) -> int:
        """The same, with the tokens of the longest request known.

        In parts it may take one request more for each part beyond the first, and each is told of those before it.
        """
        parts = parts_of(self._target, request)
        told = longest + (parts - 1) * self._output
        return rounded_up(self._price(Tokens(told, self._output)) * (REQUESTS + parts - 1))

    def of_requests(self, count: int, read: int, written: int) -> int:
        """What `count` requests cost that read and write so many tokens each, in the smallest unit."""
        return rounded_up(self._price(Tokens(read, written)) * count)

    def charge(self, usage: Mapping[str, JsonValue], cost_usd: float | None, model: str) -> int | None:
        if cost_usd is not None:
            return rounded_up(Decimal(str(cost_usd)))
        requests = max(_count(usage, "requests"), 1)
        names = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
        tokens = Tokens(*(-(-_count(usage, name) // requests) for name in names))
        if not tokens.input and not tokens.output:
            return None
        return rounded_up(self._price(tokens, model) * requests)

    def _price(self, tokens: Tokens, model: str = "") -> Decimal:
        """US dollars for one request: tiers go by a request's own length."""
        listed = self._listed(tokens, model) if model and self._in_table else None
        if listed is None and self._in_table:
            listed = self._listed(tokens, self._model)
        if listed is not None:
            return listed
        assert self._per_million is not None
        return (tokens.input * self._per_million[0] + tokens.output * self._per_million[1]) / _MILLION

    def _listed(self, tokens: Tokens, model: str) -> Decimal | None:
        """The table's price; another address has prices of its own, also under a known model's name."""
        from genai_prices import Usage, calc_price  # noqa: PLC0415  (an HTTP client comes with it: not for the muse)

        usage = Usage(
            input_tokens=tokens.input,
            output_tokens=tokens.output,
            cache_read_tokens=tokens.read or None,
            cache_write_tokens=tokens.written or None,
        )
        try:
            if self._base_url is not None:
                found = calc_price(usage, model, provider_api_url=self._base_url)
            else:
                found = calc_price(usage, model, provider_id=self._provider)
        except (LookupError, ValueError):
            return None
        return found.total_price


def longest_request(request: WriterRequest) -> int:
    """The most tokens that a request can be: no vocabulary in use makes more tokens of a text than it has bytes."""
    work = request.work
    key = (work.stage, work.count, work.kind)
    if key not in _SCHEMAS:
        schemas = (shape_of(request, lean=lean).schema() for lean in (False, True))
        _SCHEMAS[key] = max(len(json.dumps(schema, ensure_ascii=False).encode()) for schema in schemas)
    texts = question(request), instructions(work)
    return sum(len(text.encode()) for text in texts) + _SCHEMAS[key] + _FRAME_TOKENS


def rounded_up(dollars: Decimal) -> int:
    return int((dollars * MICRO).to_integral_value(ROUND_CEILING))


def _count(usage: Mapping[str, JsonValue], name: str) -> int:
    value = usage.get(name, 0)
    return value if isinstance(value, int) and value > 0 else 0
