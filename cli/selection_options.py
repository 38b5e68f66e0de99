"""Gives commands the options that select a part of the log, each declared once; what is typed becomes a Selection."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any
from uuid import UUID

import typer
from genesis_types.enums import GenesisStage
from pydantic import ValidationError

from cli.ids import session_id
from cli.people import People, with_people
from domain.aggregates import AGGREGATES
from domain.genesis.stages import STAGE_ORDER
from infrastructure.exports.selection import Refused, Selection, moment
from infrastructure.operator_error import OperatorError

_OPTIONS: dict[str, tuple[Any, Any]] = {
    "session": (
        Annotated[list[UUID] | None, typer.Option(parser=session_id, help="Only this session; as often as needed.")],
        None,
    ),
    "account": (Annotated[list[str] | None, typer.Option(help="Only what this person owns: name or id.")], None),
    "event_type": (
        Annotated[list[str] | None, typer.Option("--type", help="Only events of this type, such as StageConfirmed.")],
        None,
    ),
    "stage": (Annotated[list[str] | None, typer.Option(help="Only events of this stage, such as CHARACTERS.")], None),
    "since": (
        Annotated[str | None, typer.Option(help="From this time on (ISO 8601; UTC if it names no zone).")],
        None,
    ),
    "before": (Annotated[str | None, typer.Option(help="Up to this time, which is not in it.")], None),
    "with_text": (
        Annotated[bool, typer.Option("--with-text", help="With what was written; else its length and a hash.")],
        False,
    ),
    "anonymise": (
        Annotated[bool, typer.Option("--anonymise", help="Pseudonyms for all ids. Never with texts.")],
        False,
    ),
}


def with_selection(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Replaces a command's parameter `selection` by these options. Raises OperatorError for what cannot be selected."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = [one for one in inspect.signature(command).parameters.values() if one.name != "selection"]
        added = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for name, (kind, default) in _OPTIONS.items()
            if name in names
        ]

        @wraps(command)
        def run(**given: Any) -> None:
            said = {name: given.pop(name) for name in names}
            command(_selection(**said), **given)

        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own] + added
        vars(run)["__signature__"] = inspect.Signature(parameters)
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        return run

    return decorate


def _selection(
    *,
    session: list[UUID] | None = None,
    account: list[str] | None = None,
    event_type: list[str] | None = None,
    stage: list[str] | None = None,
    since: str | None = None,
    before: str | None = None,
    with_text: bool = False,
    anonymise: bool = False,
) -> Selection:
    for name in event_type or ():
        if name not in AGGREGATES.by_event:
            known = ", ".join(sorted(AGGREGATES.by_event))
            raise OperatorError(f"There is no event of type “{name}”.", f"There are: {known}.", code=2)
    try:
        return Selection(
            sessions=tuple(session or ()),
            accounts=tuple(map(account_of, account or ())),
            types=tuple(event_type or ()),
            stages=tuple(map(stage_named, stage or ())),
            since=moment("since", since) if since is not None else None,
            before=moment("before", before) if before is not None else None,
            with_text=with_text,
            anonymise=anonymise,
        )
    except Refused as error:
        raise OperatorError(str(error), code=2) from error
    except ValidationError as error:
        raise OperatorError("The selection cannot be used.", code=2) from error


def stage_named(said: str) -> GenesisStage:
    """A stage as it is typed. Raises OperatorError."""
    stage = said.upper()
    if stage not in STAGE_ORDER:
        raise OperatorError(f"There is no stage “{said}”.", f"There are: {', '.join(STAGE_ORDER)}.", code=2)
    return GenesisStage(stage)


def account_of(said: str) -> UUID:
    """A person by name, or any account by its id. Raises OperatorError."""
    try:
        return UUID(said)
    except ValueError:
        pass

    async def work(people: People) -> UUID:
        return (await people.one(said)).id

    return with_people(work)
