"""Reads ids that are typed: what is none gets one sentence that says where there are some."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer

from infrastructure.operator_error import OperatorError


def id_from(command: str) -> Callable[[str], UUID]:
    """A parser for an argument or option: `command` is the one that lists such ids. Raises OperatorError."""

    def parsed(said: str) -> UUID:
        try:
            return UUID(said)
        except ValueError:
            raise OperatorError(
                f"“{said[:60]}” is not an id.",
                f"Copy it from `genesis {command}`: 32 digits and letters, whole.",
                code=2,
            ) from None

    return parsed


session_id = id_from("sessions list")
Session = Annotated[
    UUID, typer.Argument(parser=session_id, help="The session's id; it stands in its address on the page.")
]
