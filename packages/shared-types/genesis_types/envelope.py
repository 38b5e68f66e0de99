"""The message that leaves with every event: CloudEvents 1.0 in binary mode, metadata in headers, the payload as value.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

SOURCES = r"^/genesis/[a-z]+$"
"""What a source looks like: each aggregate has one of its own."""


class ForeignMessage(ValueError):
    """Not one of our messages; the text says which header or field is wrong, never what it holds."""


class Headers(BaseModel):
    """The headers as they travel. Header values are text; numbers and ids are read back from it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ce_specversion: Literal["1.0"]
    ce_id: UUID
    ce_type: str = Field(min_length=1)
    ce_source: str = Field(pattern=SOURCES)
    ce_subject: UUID
    ce_time: AwareDatetime
    ce_schemaversion: int = Field(ge=1)
    ce_sequence: int = Field(ge=1)
    ce_correlationid: UUID
    ce_causationid: UUID


class Message(BaseModel):
    """One event on the bus. `session_id` is its stream, a session's or an account's; `sequence` that stream's version
    after it. Consumers drop duplicates by `event_id`."""

    model_config = ConfigDict(frozen=True)

    event_id: UUID
    event_type: str
    schema_version: int
    session_id: UUID
    sequence: int
    time: AwareDatetime
    correlation_id: UUID
    causation_id: UUID
    payload: dict[str, JsonValue]


def parse(headers: Mapping[str, str], payload: object) -> Message:
    """The message that `headers` and the decoded JSON `payload` are. Raises ForeignMessage."""
    try:
        head = Headers.model_validate(headers)
        return Message(
            event_id=head.ce_id,
            event_type=head.ce_type,
            schema_version=head.ce_schemaversion,
            session_id=head.ce_subject,
            sequence=head.ce_sequence,
            time=head.ce_time,
            correlation_id=head.ce_correlationid,
            causation_id=head.ce_causationid,
            payload=payload,
        )
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        fields = ", ".join(sorted({str(item["loc"][0]) if item["loc"] else "payload" for item in found}))
        raise ForeignMessage(f"missing or wrong: {fields}") from None
