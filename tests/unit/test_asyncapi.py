"""docs/asyncapi.yaml says what leaves: no more, no less, and nothing that the code does not do."""

import json
from collections.abc import Iterator
from typing import Any, get_args
from uuid import uuid4

import pytest
from genesis_types.envelope import Headers
from jsonschema import Draft202012Validator, ValidationError

from domain.account import events as account_events
from domain.aggregate import DomainEvent
from domain.aggregates import AGGREGATES
from domain.audit import events as audit_events
from domain.chapter import events as chapter_events
from domain.genesis import events
from domain.project import events as project_events
from infrastructure.event_store.append import AppendRows, StreamRows, headers
from infrastructure.event_store.codec import CODEC
from scripts.asyncapi import DOCUMENT, rendered
from tests.support.appends import ENTERED, FAILED, STARTED, inbox
from tests.support.asyncapi import FOUND


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": FOUND["components"]})


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_it_is_in_step_with_the_code() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == rendered(), "run: python -m scripts.asyncapi"


def test_every_event_is_one_message_on_the_channel() -> None:
    facts = (
        *get_args(events.Event),
        *get_args(account_events.Event),
        *get_args(audit_events.Event),
        *get_args(chapter_events.Event),
        *get_args(project_events.Event),
    )
    named = {cls.__name__ for cls in facts}
    assert set(FOUND["channels"]["genesisEvents"]["messages"]) == named == set(AGGREGATES.events)
    assert set(FOUND["components"]["messages"]) == named
    assert FOUND["channels"]["genesisEvents"]["address"] == "genesis.events"


def test_every_reference_leads_somewhere() -> None:
    for reference in references(FOUND):
        part = FOUND
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


@pytest.mark.parametrize("name", AGGREGATES.events)
def test_a_payload_has_the_fields_of_its_event(name: str) -> None:
    schema = FOUND["components"]["schemas"][name]
    fields = AGGREGATES.events[name].model_fields
    assert set(schema["properties"]) == set(fields)
    assert set(schema["required"]) == {field for field, info in fields.items() if info.is_required()}


def test_the_headers_are_those_that_are_written_and_read() -> None:
    described = FOUND["components"]["schemas"]["MessageHeaders"]
    stream = StreamRows("genesis_session", "/genesis/sessions", "s", 0, [])
    rows = AppendRows([inbox(uuid4())], [stream], "{}", uuid4())
    written = set(json.loads(headers(rows, stream, 1, uuid4(), CODEC.encode(STARTED))))
    assert set(described["properties"]) == written == {*Headers.model_fields, "content-type"}
    assert set(described["required"]) == written


@pytest.mark.parametrize("event", [STARTED, ENTERED, FAILED], ids=lambda event: type(event).__name__)
def test_real_payloads_are_valid_and_others_are_not(event: DomainEvent) -> None:
    checked = validator(FOUND["components"]["messages"][type(event).__name__]["payload"])
    payload = event.model_dump(mode="json")
    checked.validate(payload)
    with pytest.raises(ValidationError):
        checked.validate({name: value for name, value in payload.items() if name != "occurred_at"})
    with pytest.raises(ValidationError):
        checked.validate({**payload, "more": 1})
