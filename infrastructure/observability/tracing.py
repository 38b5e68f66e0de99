"""Traces, if GENESIS_OTLP_ENDPOINT names who collects them: one per correlation id, over every process.

The correlation id is the trace's id, and the id of its first span is derived from it: processes that never speak to
each other agree without passing anything on. Spans carry ids, types and numbers. Off, nothing is imported and a span
is an empty context; on, they are handed over in the background, and a collector that is away costs only them.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from infrastructure.settings import Settings

if TYPE_CHECKING:
    from infrastructure.observability.otlp_exporter import Started, Tracer

Fact = UUID | StrEnum | str | int | bool | None
"""What may stand in a span. A text only if it could be an id or the name of a type or model."""

_NAME = re.compile(r"[A-Za-z0-9_.:/@-]{1,100}")

_OFF: AbstractContextManager[None] = nullcontext()


class _Process:
    """This process's tracer; None as long as nobody collects."""

    tracer: "Tracer | None" = None


_current: ContextVar["Started | None"] = ContextVar("genesis_span", default=None)


def start(process: str, settings: Settings) -> None:
    """Hand spans over from here on, if it is configured. Once per process, before its work begins."""
    if settings.otlp_endpoint is not None:
        from infrastructure.observability.otlp_exporter import Tracer  # noqa: PLC0415  (no cost for who does not trace)

        _Process.tracer = Tracer(process, settings.otlp_endpoint.get_secret_value())


def stop() -> None:
    """Hand over what is left, for a second or so at most."""
    tracer, _Process.tracer = _Process.tracer, None
    if tracer is not None:
        tracer.stop()


def on() -> bool:
    """Whether spans go anywhere: before work that only they need."""
    return _Process.tracer is not None


def span(name: str, correlation_id: UUID | None = None, **facts: Fact) -> AbstractContextManager[None]:
    """What happens inside, as a span of the trace of `correlation_id`; without one, of the span around it, if any."""
    tracer = _Process.tracer
    return _OFF if tracer is None else _spanned(tracer, name, correlation_id, facts)


def record(name: str, correlation_id: UUID, seconds: float, *, first: bool = False, **facts: Fact) -> None:
    """What has taken `seconds` up to now. `first`: it began the trace; all others hang on it, also earlier ones."""
    tracer = _Process.tracer
    if tracer is not None:
        around = None if first else _around(correlation_id)
        tracer.record(name, correlation_id, seconds, first=first, around=around, facts=_shown(facts))


@contextmanager
def _spanned(tracer: "Tracer", name: str, correlation_id: UUID | None, facts: dict[str, Fact]) -> Iterator[None]:
    around = _around(correlation_id)
    wanted = correlation_id or (around.correlation_id if around else None)
    if wanted is None:
        yield
        return
    started = tracer.begin(name, wanted, around=around, facts=_shown(facts))
    token = _current.set(started)
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        _current.reset(token)
        started.end(type(error).__name__ if error is not None else None)


def _around(correlation_id: UUID | None) -> "Started | None":
    """The span around this, if it is of the same trace."""
    around = _current.get()
    return around if around is not None and correlation_id in (None, around.correlation_id) else None


def _shown(facts: dict[str, Fact]) -> dict[str, str | int | bool]:
    """As attributes. A text that could be a person's is left out: nobody should rely on callers alone."""
    shown: dict[str, str | int | bool] = {}
    for name, value in facts.items():
        if isinstance(value, UUID):
            shown[f"genesis.{name}"] = str(value)
        elif isinstance(value, str):
            shown[f"genesis.{name}"] = str(value) if _NAME.fullmatch(value) else "…"
        elif value is not None:
            shown[f"genesis.{name}"] = value
    return shown
