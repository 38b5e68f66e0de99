"""One request to a model: asked one way, heard as it streams, its use and price counted whatever becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version

from genai_prices import calc_price
from pydantic import JsonValue
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ThinkingPart, ToolCallPart, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from application.writers import Spent
from infrastructure.writers.model.http import Seen, seen_now
from infrastructure.writers.model.ladder import Rung, Way
from infrastructure.writers.model.prompts import Part, message
from infrastructure.writers.model.reader import LONGEST
from infrastructure.writers.model.schemas import Json
from infrastructure.writers.model.targets import Prices

_TOOL = "propose"
_NAME = "proposals"
_CHECK_EVERY = 400
_REPEATED, _LONGEST_PERIOD = 900, 300

OWN_PRICE = "the price of this connection"

Enough = Callable[[str], bool]
"""Whether no more of an answer is wanted, told of its text so far."""

Heard = Callable[[str, str], None]
"""Told of all of an answer so far: its text, and the thoughts before it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, apart from the way: the parts of the messages, the answer's schema, sampling and length."""

    parts: tuple[Part, ...]
    schema: Json
    temperature: float | None
    max_tokens: int | None


@dataclass
class Answer:
    """What came. `ended`: the model came to its end in good order; `endless`: it was cut for repeating itself.

    `stopped`: it was cut because enough of it was there.
    """

    text: str = ""
    thoughts: str = ""
    finish_reason: str | None = None
    ended: bool = False
    endless: bool = False
    stopped: bool = False
    response: ModelResponse | None = None


class Meter:
    """What the requests of one generation have used so far, also those that failed."""

    def __init__(self, base_url: str | None, prices: Prices | None = None) -> None:
        self.requests = 0
        self.last: ModelResponse | None = None
        self._responses: list[ModelResponse] = []
        self._base_url = base_url
        self._prices = prices

    def begins(self) -> None:
        self.requests += 1
        self.last = None

    def used(self, response: ModelResponse) -> None:
        self.last = response
        self._responses.append(response)

    def spent(self) -> Spent | None:
        """None: nobody has reported anything. A cost that is not known for each of them is not known."""
        sums = {
            name: sum(getattr(one.usage, name) for one in self._responses)
            for name in ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
        }
        if not sums["input_tokens"] and not sums["output_tokens"]:  # the server did not say; that is not "none"
            return None
        usage: dict[str, JsonValue] = {**sums, "requests": self.requests}
        reported = [one for one in self._responses if one.usage.input_tokens or one.usage.output_tokens]
        if self._prices is not None:
            read, written = self._prices
            cost = (read * sums["input_tokens"] + written * sums["output_tokens"]) / 1_000_000
            return Spent(usage, float(round(cost, 8)), OWN_PRICE)
        costs = [_cost(one, self._base_url) for one in reported]
        known = [cost for cost in costs if cost is not None]
        if len(known) < len(costs):
            return Spent(usage, None, None)
        return Spent(usage, float(sum(known, Decimal(0))), f"genai-prices {version('genai-prices')}")


async def ask(
    model: Model, asked: Question, way: Way, *, seen: Seen, meter: Meter, heard: Heard, enough: Enough | None = None
) -> Answer:
    """One request; `heard` is told of all of the answer so far, its text "" while the model thinks.

    `enough` is asked at each piece whether to go on.

    Raises what the AI library raises. `seen` and `meter` know more by then.
    """
    answer = Answer()
    seen.without = way.without
    token = seen_now.set(seen)
    meter.begins()
    arguments = {
        "messages": [
            ModelRequest(
                parts=[UserPromptPart(message(asked.parts, "user"))], instructions=message(asked.parts, "system")
            )
        ],
        "model_settings": _settings(asked),
        "model_request_parameters": _parameters(asked, way),
    }
    try:
        if not way.stream:
            _take(answer, await model_request(model, **arguments))  # type: ignore[arg-type]
            seen.alive()
            heard(answer.text, answer.thoughts)
        else:
            checked = 0
            async with model_request_stream(model, **arguments) as stream:  # type: ignore[arg-type]
                try:
                    async for _ in stream:
                        _take(answer, stream.get())
                        seen.alive()
                        heard(answer.text, answer.thoughts)
                        said = len(answer.text) + len(answer.thoughts)
                        if said > checked + _CHECK_EVERY:
                            checked = said
                            answer.endless = repeats(answer.text or answer.thoughts) or said > LONGEST
                        answer.stopped = enough is not None and enough(answer.text)
                        if answer.endless or answer.stopped:
                            break
                finally:
                    _take(answer, stream.get())
    finally:
        seen_now.reset(token)
        if answer.response is not None:
            meter.used(answer.response)
    return answer


def repeats(text: str) -> bool:
    """Whether the end of `text` says one thing over and over: a line, a sentence, or white space."""
    if len(text) < _REPEATED + _LONGEST_PERIOD:
        return False
    tail = text[-_REPEATED:]
    return any(tail == text[-_REPEATED - period : -period] for period in range(1, _LONGEST_PERIOD))


def _take(answer: Answer, response: ModelResponse) -> None:
    calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
    texts = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    call = calls[-1] if calls else None
    arguments = (call.args_as_json_str() if isinstance(call.args, dict) else call.args) if call is not None else None
    answer.text = arguments or texts
    answer.thoughts = "".join(part.content for part in response.parts if isinstance(part, ThinkingPart))
    answer.response = response
    answer.finish_reason = response.finish_reason
    # the library's own value is a guess where the provider gave no reason
    answer.ended = bool((response.provider_details or {}).get("finish_reason"))


def _settings(asked: Question) -> ModelSettings:
    chosen = ModelSettings(max_retries=0)  # there is one loop of tries, and it is not the SDK's
    if asked.max_tokens is not None:
        chosen["max_tokens"] = asked.max_tokens
    if asked.temperature is not None:
        chosen["temperature"] = asked.temperature
    # the instructions and the tool are the same for every request of a stage
    return {**chosen, "anthropic_cache_instructions": True, "anthropic_cache_tool_definitions": True}  # type: ignore[typeddict-unknown-key]


def _parameters(asked: Question, way: Way) -> ModelRequestParameters:
    strict = way.strict or None
    match way.rung:
        case Rung.SCHEMA:
            form = OutputObjectDefinition(json_schema=asked.schema, name=_NAME, strict=strict)
            return ModelRequestParameters(output_mode="native", output_object=form)
        case Rung.TOOL:
            description = "Give what you propose."
            tool = ToolDefinition(
                name=_TOOL, parameters_json_schema=asked.schema, description=description, kind="output", strict=strict
            )
            return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)
        case Rung.OBJECT:
            form = OutputObjectDefinition(json_schema=asked.schema, name=_NAME)
            return ModelRequestParameters(output_mode="prompted", output_object=form, prompted_output_template=False)
        case Rung.TEXT:
            return ModelRequestParameters(output_mode="text")


def _cost(response: ModelResponse, base_url: str | None) -> Decimal | None:
    """US dollars, None when unknown. Another address has prices of its own, also under a known model's name."""
    try:
        if base_url is None:
            return response.cost().total_price
        return calc_price(response.usage, response.model_name or "", provider_api_url=base_url).total_price
    except (LookupError, ValueError):
        return None
