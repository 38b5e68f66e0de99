"""Logs as JSON lines on stderr: ids and facts, never a writer's text. Tracebacks keep frames and lose values."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

_LONGEST = 200
_QUOTED = re.compile(r"""(['"])(?:(?!\1).){24,}\1""")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(process: str, level: str = "INFO") -> None:
    """Set up structlog and the standard library's logging for this process; `process` is in every line.

    Call it once more after imports: some libraries (Prefect) install handlers of their own that print tracebacks.
    """

    def name_process(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event.setdefault("process", process)
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_process,
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dumps),
            ],
            keep_exc_info=False,
            keep_stack_info=False,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for known in logging.root.manager.loggerDict.values():
        if isinstance(known, logging.Logger):
            known.handlers[:] = []
            known.propagate = True
    for talkative in (
        "httpx",
        "httpcore",
        "httpx2",
        "httpcore2",
        "alembic.runtime.plugins",
        "asyncio",
        "sse_starlette",
        "urllib3",
    ):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, root.level))
    # with the broker away it says so in every try, a hundred times a second; we say it once per pause
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    # the same with the collector of traces, and with a queue that is full while it is away
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Cut what may quote a writer: long strings, quoted literals, and the values inside exceptions."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    if isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if isinstance(exc_info, tuple) and exc_info[0] is not None:
        event["exception"] = describe(exc_info[1])
    event.pop("stack_info", None)
    return {key: value if key == "exception" or key.startswith("_") else _safe(value) for key, value in event.items()}


def describe(error: BaseException | None) -> list[dict[str, Any]]:
    """An exception and its causes as types and frames. Messages stay out: PostgreSQL's and pydantic's quote values."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = type(error)
        entry: dict[str, Any] = {
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "frames": [
                f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
                for frame, line in traceback.walk_tb(error.__traceback__)
            ],
        }
        for fact in ("errno", "sqlstate", "status_code", "code"):
            value = getattr(error, fact, None)
            if isinstance(value, int | str):
                entry[fact] = _safe(value)
        if isinstance(error, BaseExceptionGroup):
            entry["group"] = [describe(inner) for inner in error.exceptions]
        chain.append(entry)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


def _safe(value: object) -> object:
    if isinstance(value, str):
        first = _QUOTED.sub("'…'", value.split("\n", 1)[0])
        return first if len(first) <= _LONGEST else f"{first[:_LONGEST]}… ({len(value)} characters)"
    if isinstance(value, Mapping):
        return {str(key): _safe(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(inner) for inner in value]
    if isinstance(value, BaseException):
        return f"{type(value).__module__}.{type(value).__qualname__}"
    return value


def _dumps(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=lambda value: _safe(str(value)), option=orjson.OPT_NON_STR_KEYS).decode()
