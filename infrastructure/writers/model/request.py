"""One question to a model: streamed, validated against the stage's type, asked again when it has the wrong shape."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from genai_prices import calc_price
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_ai import Agent, ModelRetry, TextOutput, ToolOutput
from pydantic_ai.agent import AgentRun
from pydantic_ai.capabilities import Hooks
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from application.writers import Spent, WriterRequest
from infrastructure.writers.limits import ASKED_AGAIN
from infrastructure.writers.model.checks import complaint
from infrastructure.writers.model.errors import problem
from infrastructure.writers.model.prompts import instructions, question
from infrastructure.writers.model.shapes import Shape

_TOOL = "propose"
Heard = Callable[[int, Callable[[], str]], None]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A valid answer; usage and cost are those of all attempts. `cost_usd` None: unknown, which is not zero."""

    content: BaseModel
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None


class Meter:
    """What the asking has used so far, also when it fails. `run` is set once it has begun."""

    def __init__(self, base_url: str | None) -> None:
        self.run: AgentRun[object, Any] | None = None
        self._base_url = base_url

    def spent(self) -> Spent | None:
        """None: nobody has reported anything."""
        used = self.run.usage if self.run is not None else None
        if self.run is None or used is None or not (used.input_tokens or used.output_tokens):
            return None
        usage, cost, source = _charge(self.run, self._base_url)
        return Spent(usage, cost, source)


async def ask(
    model: Model,
    request: WriterRequest,
    shape: Shape,
    heard: Heard,
    *,
    base_url: str | None,
    meter: Meter | None = None,
    output_tokens: int | None = None,
) -> ModelAnswer:
    """The model's answer, of at most `output_tokens`; `heard` is told of every sign of life.

    With a `base_url`, an answer written as plain JSON is taken as well: not every server can force a tool call.
    Raises WriterError, or what pydantic-ai raises.
    """
    agent: Agent[object, Any] = Agent(
        model,
        output_type=_output(shape, base_url is not None),
        instructions=instructions(request.work.stage),
        retries={"output": ASKED_AGAIN},
        capabilities=[Hooks(before_output_validate=_preparing(shape))],
    )

    said: list[str] = []

    @agent.output_validator
    def checked(answer: BaseModel) -> BaseModel:
        found = complaint(request, list(shape.result(answer)[0])) if not said else None
        if found is not None:  # sent back once; a second time it is taken as it is
            said.append(found)
            raise ModelRetry(found)
        return answer

    # Retries are the workflow's: it shows them and knows the deadline.
    chosen = ModelSettings(max_retries=0)
    if output_tokens is not None:
        chosen["max_tokens"] = output_tokens
    async with agent.iter(question(request), model_settings=chosen) as run:
        if meter is not None:
            meter.run = run
        async for node in run:
            if not Agent.is_model_request_node(node):
                continue
            async with node.stream(run.ctx) as stream:
                async for _ in stream:
                    response = stream.response
                    heard(len(_written(response)), lambda response=response: _written(response))  # type: ignore[misc]
            _refuse_unfinished(stream.response, shape)
        if run.result is None:
            raise problem("EMPTY")
        return _answer(run, run.result.output, base_url)


def _output(shape: Shape, text_allowed: bool) -> Any:
    tool = ToolOutput(shape.type, name=_TOOL, description="Give what you propose.")
    if not text_allowed:
        return tool

    def from_text(text: str) -> BaseModel:
        try:
            return shape.type.model_validate(shape.prepared(_json_in(text)))
        except ValidationError as error:
            where = [".".join(map(str, one["loc"])) + ": " + one["msg"] for one in error.errors()[:12]]
            raise ModelRetry(f"Call the tool {_TOOL} with valid arguments. " + "; ".join(where)) from None

    from_text.__annotations__["return"] = shape.type
    return [tool, TextOutput(from_text)]


def _preparing(shape: Shape) -> Any:
    async def before_output_validate(_: Any, *, output_context: Any, output: Any) -> Any:  # noqa: ARG001
        return shape.prepared(output)

    return before_output_validate


def _written(response: ModelResponse) -> str:
    """The answer so far: the tool call's arguments, or JSON in plain text."""
    for part in reversed(response.parts):
        if isinstance(part, ToolCallPart):
            return part.args_as_json_str() if isinstance(part.args, dict) else part.args or ""
    return _json_in("".join(part.content for part in response.parts if isinstance(part, TextPart)))


def _json_in(text: str) -> str:
    """Without a code fence or words around it."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0:
        return text.strip()
    return text[start : end + 1] if text.rstrip().endswith("```") and end > start else text[start:]


def _refuse_unfinished(response: ModelResponse, shape: Shape) -> None:
    """What was cut off is never taken, not even when it happens to be valid."""
    if response.finish_reason == "length":
        raise problem("TRUNCATED")
    if response.finish_reason == "content_filter":
        raise problem("CONTENT_FILTERED")
    written = _written(response)
    said_why = (response.provider_details or {}).get("finish_reason")  # the library's own value is a guess without it
    if not said_why and written and isinstance(shape.prepared(written), str):
        raise problem("CONNECTION_LOST")


def _answer(run: "AgentRun[object, Any]", content: BaseModel, base_url: str | None) -> ModelAnswer:
    return ModelAnswer(content, *_charge(run, base_url))


def _charge(
    run: "AgentRun[object, Any]", base_url: str | None
) -> tuple[dict[str, JsonValue], float | None, str | None]:
    """(usage, cost in US dollars, where its prices are from) of all that was asked in this run."""
    used = run.usage
    usage: dict[str, JsonValue] = {
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
        "cache_read_tokens": used.cache_read_tokens,
        "cache_write_tokens": used.cache_write_tokens,
        "requests": used.requests,
    }
    if not used.input_tokens and not used.output_tokens:  # the server did not say; that is not "none"
        return {"requests": used.requests}, None, None
    costs = [_cost(message, base_url) for message in run.all_messages() if isinstance(message, ModelResponse)]
    known = [cost for cost in costs if cost is not None]
    if not known or len(known) < len(costs):
        return usage, None, None
    return usage, float(sum(known, Decimal(0))), f"genai-prices {version('genai-prices')}"


def _cost(response: ModelResponse, base_url: str | None) -> Decimal | None:
    """US dollars, None when unknown. Another address has prices of its own, also under a known model's name."""
    if base_url is None:
        return response.usage.cost
    try:
        return calc_price(response.usage, response.model_name or "", provider_api_url=base_url).total_price
    except (LookupError, ValueError):
        return None
