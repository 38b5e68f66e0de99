"""Logs hold facts and ids. What a writer wrote never reaches them, not even through an exception."""

import io
import json
import logging
from typing import Any

import pytest
import structlog
from pydantic import BaseModel, ValidationError

from infrastructure.observability.logging import configure

SECRET = "the lighthouse keeper's daughter counts the drowned"


class _Short(BaseModel):
    size: int


@pytest.fixture
def stream() -> Any:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    configure("worker")
    found = io.StringIO()
    logging.getLogger().handlers[0].setStream(found)  # type: ignore[attr-defined]
    yield found
    logging.getLogger().handlers[:], _ = before
    logging.getLogger().setLevel(before[1])
    structlog.reset_defaults()


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_process_level_time_and_ids(stream: io.StringIO) -> None:
    structlog.get_logger("flows").info("resumed", session_id="4a", correlation_id="7b")
    (line,) = _lines(stream)
    assert line["event"] == "resumed"
    assert (line["process"], line["level"], line["session_id"], line["correlation_id"]) == (
        "worker",
        "info",
        "4a",
        "7b",
    )
    assert line["timestamp"].endswith("Z")


def test_an_exception_keeps_its_types_and_frames_and_loses_its_values(stream: io.StringIO) -> None:
    try:
        try:
            _Short.model_validate({"size": SECRET})
        except ValidationError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError:
        structlog.get_logger("flows").exception("died")
    (line,) = _lines(stream)
    assert [item["type"] for item in line["exception"]] == [
        "builtins.RuntimeError",
        "pydantic_core._pydantic_core.ValidationError",
    ]
    assert "test_an_exception_keeps" in line["exception"][0]["frames"][0]
    assert SECRET not in stream.getvalue()


def test_what_other_libraries_say_is_cut_and_their_quotations_removed(stream: io.StringIO) -> None:
    logging.getLogger("prefect").error("failed: 1 validation error\ninput_value='%s'", SECRET)
    logging.getLogger("prefect").error("Encountered RuntimeError(%r)", SECRET)
    logging.getLogger("prefect").error("%s", "a" * 5000)
    assert SECRET not in stream.getvalue()
    assert all(len(line["event"]) < 300 for line in _lines(stream))


def test_an_exception_logged_by_a_library_is_redacted_too(stream: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    (line,) = _lines(stream)
    assert line["exception"][0]["type"] == "builtins.ValueError"
    assert SECRET not in stream.getvalue()


def test_even_at_debug_the_frames_of_a_stream_are_not_logged(stream: io.StringIO) -> None:
    configure("api", "DEBUG")
    logging.getLogger().handlers[0].setStream(stream)  # type: ignore[attr-defined]
    logging.getLogger("sse_starlette.sse").debug("chunk: %s", SECRET)
    assert stream.getvalue() == ""


def test_handlers_that_a_library_has_installed_print_nothing_beside(stream: io.StringIO) -> None:
    own = io.StringIO()
    library = logging.getLogger("some.library")
    library.addHandler(logging.StreamHandler(own))
    library.propagate = False
    configure("worker")
    logging.getLogger().handlers[0].setStream(stream)  # type: ignore[attr-defined]
    library.error("Finished in state %s", "Failed")
    assert own.getvalue() == ""
    assert _lines(stream)[0]["event"] == "Finished in state Failed"


def test_a_line_break_in_a_value_or_a_message_forges_no_second_line(stream: io.StringIO) -> None:
    forged = 'x\n{"event": "forged"}\r\u2028{"event": "forged"}'
    structlog.get_logger("api").warning(forged, route=forged, **{"a\nb": forged})
    logging.getLogger("uvicorn.error").warning("%s", forged)
    written = stream.getvalue()
    assert written.count("\n") == 2
    assert [json.loads(line)["event"][0] for line in written.split("\n")[:2]] == ["x", "x"]
    assert "forged" not in [json.loads(line)["event"] for line in written.split("\n")[:2]]
