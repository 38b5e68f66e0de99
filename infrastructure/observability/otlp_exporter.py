"""The one module that knows OpenTelemetry: spans with ids of our choice, handed over by OTLP/HTTP in the background.

Nothing is registered globally: Prefect, FastAPI and Redis bring instruments of their own, whose spans would name hosts
and flows. https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

import hashlib
import threading
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, TracerProvider, sampling
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

PATH = "/v1/traces"
QUEUE = 4096
"""Spans that wait for a collector at most; what comes on top is let go."""
_BATCH = 512
_EVERY_MS = 1000
_ASK_SECONDS = 2.0
_STOP_SECONDS = 1.5

_KINDS = {"command": SpanKind.SERVER, "publish": SpanKind.PRODUCER, "callback": SpanKind.CONSUMER}
_Facts = Mapping[str, str | int | bool]

log = structlog.get_logger(__name__)


def trace_id(correlation_id: UUID) -> int:
    """The correlation id itself; nought, which a client may send, is none."""
    return correlation_id.int or 1


def first_span_id(correlation_id: UUID) -> int:
    """What every process takes for the id of the trace's first span."""
    return int.from_bytes(hashlib.sha256(correlation_id.bytes).digest()[:8]) or 1


class Started:
    """A span that has begun."""

    def __init__(self, inner: Span, correlation_id: UUID) -> None:
        self.inner = inner
        self.correlation_id = correlation_id

    def end(self, error: str | None = None) -> None:
        """`error`: the type of what went wrong, never its text."""
        if error is not None:
            self.inner.set_status(Status(StatusCode.ERROR, error))
        self.inner.end()


class Tracer:
    """One process's spans, on their way to the collector at `endpoint`."""

    def __init__(self, process: str, endpoint: str) -> None:
        address = endpoint.rstrip("/")
        exporter = OTLPSpanExporter(
            endpoint=address if address.endswith(PATH) else address + PATH, timeout=_ASK_SECONDS
        )
        self._ids = _Ids()
        self._quiet = _Quiet(exporter)
        self._provider = TracerProvider(
            sampler=sampling.ALWAYS_ON,
            # no detectors: they would name the machine, its user and the command line
            resource=Resource({"service.namespace": "genesis-studio", "service.name": f"genesis-{process}"}),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                self._quiet,
                max_queue_size=QUEUE,
                max_export_batch_size=_BATCH,
                schedule_delay_millis=_EVERY_MS,
            )
        )
        self._tracer = self._provider.get_tracer("genesis")

    def begin(self, name: str, correlation_id: UUID, *, around: Started | None, facts: _Facts) -> Started:
        return self._begin(name, correlation_id, time.time_ns(), first=False, around=around, facts=facts)

    def record(
        self, name: str, correlation_id: UUID, seconds: float, *, first: bool, around: Started | None, facts: _Facts
    ) -> None:
        began = time.time_ns() - int(seconds * 1e9)
        self._begin(name, correlation_id, began, first=first, around=around, facts=facts).end()

    def _begin(
        self, name: str, correlation_id: UUID, began: int, *, first: bool, around: Started | None, facts: _Facts
    ) -> Started:
        trace, root = trace_id(correlation_id), first_span_id(correlation_id)
        if first:
            self._ids.next = (trace, root)
            context = None
        else:
            parent = around.inner if around else NonRecordingSpan(SpanContext(trace, root, True, TraceFlags(1)))
            context = set_span_in_context(parent)
        try:
            inner = self._tracer.start_span(
                name, context, kind=_KINDS.get(name, SpanKind.INTERNAL), attributes=dict(facts), start_time=began
            )
        finally:
            self._ids.next = None
        assert isinstance(inner, Span)
        return Started(inner, correlation_id)

    def stop(self) -> None:
        """Hand over what is left. The collector may be away and the library patient: we are not."""
        ending = threading.Thread(target=self._provider.shutdown, name="traces-end", daemon=True)
        ending.start()
        ending.join(_STOP_SECONDS)
        self._quiet.given_up = ending.is_alive()


class _Ids(RandomIdGenerator):
    """The ids that were asked for, or any. Each thread asks for its own."""

    def __init__(self) -> None:
        self._asked = threading.local()

    @property
    def next(self) -> tuple[int, int] | None:
        asked: tuple[int, int] | None = getattr(self._asked, "next", None)
        return asked

    @next.setter
    def next(self, ids: tuple[int, int] | None) -> None:
        self._asked.next = ids

    def generate_trace_id(self) -> int:
        return self.next[0] if self.next else super().generate_trace_id()

    def generate_span_id(self) -> int:
        return self.next[1] if self.next else super().generate_span_id()


class _Quiet(SpanExporter):
    """Says once that the collector is away, and once that it is back; the library would say it with every try.

    `given_up`: nobody waits for it any more, so nothing is said of what still becomes of its last try.
    """

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self.given_up = False
        self._away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        away = result is not SpanExportResult.SUCCESS
        if away != self._away and not self.given_up:
            self._away = away
            if away:
                log.warning("traces_not_taken", remedy="Is there a collector at GENESIS_OTLP_ENDPOINT?")
            else:
                log.info("traces_taken_again")
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._inner.force_flush(timeout_millis)
