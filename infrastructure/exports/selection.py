"""Says what an export takes of the log: which sessions, accounts, times, types, stages, and what becomes of texts."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from infrastructure.event_store.log_reader import Checkpoint

Name = Annotated[str, Field(pattern=r"^\w{1,100}$")]

_PLACE = re.compile(r"([0-9]{1,20})-([0-9]{1,19})")
_LATEST = 2**63 - 1


class Selection(BaseModel):
    """Empty tuples: all. Times are those at which events were recorded: from `since` on, up to and without `before`.

    `with_text`: with what people and models wrote; otherwise its length and a keyed hash stand for it.
    `anonymise`: also every id is replaced by a pseudonym, the same in every export that has the same key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sessions: tuple[UUID, ...] = ()
    accounts: tuple[UUID, ...] = ()
    types: tuple[Name, ...] = ()
    stages: tuple[Name, ...] = ()
    since: AwareDatetime | None = None
    before: AwareDatetime | None = None
    with_text: bool = False
    anonymise: bool = False


class Refused(ValueError):
    """What was asked for cannot be exported; `field` names the part of the request, the text says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def moment(field: str, said: str) -> datetime:
    """A time as a person writes it; UTC if it names no zone. Raises Refused."""
    try:
        found = datetime.fromisoformat(said)
        return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(
            field, f"“{said[:40]}” is no time. Write it as 2026-03-01T09:00:00Z, or as 2026-03-01 for its first moment."
        ) from None


def place(said: str) -> Checkpoint:
    """An end of the log as `until` names it: transaction and position, as 759-1002. Raises Refused."""
    found = _PLACE.fullmatch(said)
    if found is None or int(found[1]) > 2 * _LATEST + 1 or int(found[2]) > _LATEST:
        raise Refused("until", "That is no place in the log. Write it as a manifest's `until` has it: 759-1002.")
    return Checkpoint(int(found[1]), int(found[2]))


def written(until: Checkpoint) -> str:
    return f"{until.tx_id}-{until.position}"


def as_json(selection: Selection) -> dict[str, Any]:
    """What was asked for and nothing else, for a manifest."""
    return selection.model_dump(mode="json", exclude_defaults=True)
