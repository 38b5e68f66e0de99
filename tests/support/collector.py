"""A collector of traces on loopback: takes OTLP over HTTP as it is sent, and keeps every span and every byte."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A span as it arrived. `correlation_id` is what its trace's id says."""

    process: str
    name: str
    correlation_id: UUID
    span_id: str
    parent_id: str
    facts: dict[str, str]
    failed: bool


@dataclass
class Collector:
    endpoint: str
    spans: list[Seen] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def until(self, true: Callable[[list[Seen]], bool], timeout: float = 60) -> list[Seen]:
        """The spans as soon as `true` holds of them."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: true(self.spans), timeout), [
                (span.process, span.name) for span in self.spans
            ]
            return list(self.spans)

    def write(self, folder: Path) -> None:
        """Everything that was sent, as files."""
        for number, body in enumerate(self.bodies):
            (folder / f"{number}.pb").write_bytes(body)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self.arrived:
            self.bodies.append(body)
            for resource in request.resource_spans:
                named = {item.key: item.value.string_value for item in resource.resource.attributes}
                for scope in resource.scope_spans:
                    self.spans += [
                        Seen(
                            process=named["service.name"].removeprefix("genesis-"),
                            name=span.name,
                            correlation_id=UUID(bytes=span.trace_id),
                            span_id=span.span_id.hex(),
                            parent_id=span.parent_span_id.hex(),
                            facts={
                                item.key: item.value.string_value or str(item.value.int_value)
                                for item in span.attributes
                            },
                            failed=span.status.code == span.status.STATUS_CODE_ERROR,
                        )
                        for span in scope.spans
                    ]
            self.arrived.notify_all()


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        collector = Collector(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
