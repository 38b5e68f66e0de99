"""Spans in one process: whose trace they are in, what they may say, and a collector that takes and never answers."""

import socket
import threading
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr, ValidationError

from infrastructure.observability import otlp_exporter, tracing
from infrastructure.observability.otlp_exporter import first_span_id
from infrastructure.settings import Settings
from tests.support.collector import Collector, Seen, collecting

WORK = UUID("a3f1c2d4-0000-4000-8000-000000000001")


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as listening:
        tracing.start("test", Settings(otlp_endpoint=SecretStr(listening.endpoint)))
        try:
            yield listening
        finally:
            tracing.stop()


def sent(collector: Collector) -> list[Seen]:
    tracing.stop()
    return collector.spans


def test_off_a_span_is_nothing_at_all() -> None:
    assert not tracing.on()
    assert tracing.span("append", WORK) is tracing.span("write")
    tracing.record("command", WORK, 0.1, first=True)


def test_the_correlation_id_is_the_trace_and_the_first_span_is_known_to_all(collector: Collector) -> None:
    tracing.record("publish", WORK, 0.1)
    with tracing.span("generation", WORK), tracing.span("write"), tracing.span("append", WORK):
        pass
    tracing.record("command", WORK, 0.5, first=True)
    spans = {span.name: span for span in sent(collector)}
    assert {span.correlation_id for span in spans.values()} == {WORK}
    first = f"{first_span_id(WORK):016x}"
    assert (spans["command"].span_id, spans["command"].parent_id) == (first, "")
    assert spans["publish"].parent_id == spans["generation"].parent_id == first
    assert spans["write"].parent_id == spans["generation"].span_id
    assert spans["append"].parent_id == spans["write"].span_id


def test_a_span_of_other_work_inside_is_in_its_own_trace(collector: Collector) -> None:
    other = uuid4()
    with tracing.span("callback", WORK), tracing.span("append", other):
        pass
    (inner,) = [span for span in sent(collector) if span.name == "append"]
    assert (inner.correlation_id, inner.parent_id) == (other, f"{first_span_id(other):016x}")


def test_without_work_and_without_a_span_around_there_is_none(collector: Collector) -> None:
    with tracing.span("resume"):
        pass
    assert sent(collector) == []


def test_an_id_of_noughts_is_one_like_any(collector: Collector) -> None:
    tracing.record("command", UUID(int=0), 0.1, first=True)
    with tracing.span("append", UUID(int=0)):
        pass
    assert {span.correlation_id for span in sent(collector)} == {UUID(int=1)}


def test_words_are_left_out_and_of_an_error_only_its_type_is_told(collector: Collector) -> None:
    with pytest.raises(ValueError, match="Zephyrlantern"), tracing.span("write", WORK, title="A lighthouse keeper"):
        raise ValueError("Zephyrlantern")
    with tracing.span("append", WORK, session_id=WORK, version=3, event_type="GenesisStarted", nothing=None):
        pass
    first, second = sent(collector)
    assert first.failed
    assert first.facts == {"genesis.title": "…"}
    assert second.facts == {
        "genesis.session_id": str(WORK),
        "genesis.version": "3",
        "genesis.event_type": "GenesisStarted",
    }
    assert b"Zephyrlantern" not in b"".join(collector.bodies)


def test_nobody_waits_for_a_collector_that_takes_and_never_answers(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(otlp_exporter, "_STOP_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tracing.start("test", Settings(otlp_endpoint=SecretStr(f"http://127.0.0.1:{silent.getsockname()[1]}")))
        for _ in range(otlp_exporter.QUEUE + 1000):  # more than may wait: what comes on top is let go
            tracing.record("publish", WORK, 0.1)
        tracing.stop()  # returns though no answer has come, or will
        assert not tracing.on()
    for thread in threading.enumerate():
        if thread.name == "traces-end":
            thread.join(60)  # the last try fails now, and nothing is said of it to whoever comes after
    assert "traces_not_taken" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("endpoint", ["localhost:4318", "ftp://127.0.0.1", "collector"])
def test_an_endpoint_that_is_no_address_is_refused_at_the_start(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="otlp_endpoint"):
        Settings(otlp_endpoint=SecretStr(endpoint))
