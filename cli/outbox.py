"""`genesis outbox`: messages that could not go out. Ids, types and reasons; a writer's text is never shown."""

from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from cli.connection import as_json, with_connection
from cli.ids import id_from
from cli.printing import as_called, make_console
from infrastructure.messaging import dead_letters
from infrastructure.messaging.dead_letters import Letter
from infrastructure.operator_error import OperatorError

app = typer.Typer(help="Messages on their way out: what waits, what is dead, sending again.", no_args_is_help=True)
console = make_console()

STATUSES = ("PENDING", "SENT", "DEAD")
_id = id_from("outbox list")
EventId = Annotated[UUID, typer.Argument(parser=_id, help="The event's id, as `list` shows it.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def status(json: Json = False) -> None:
    """How many messages wait, were sent, and are dead, and since when the oldest of each exists."""
    found = with_connection(dead_letters.counts)
    if json:
        none = (0, None)
        as_json({name: dict(zip(("messages", "oldest"), found.get(name, none), strict=True)) for name in STATUSES})
        return
    table = Table("status", "messages", "oldest")
    for name in STATUSES:
        number, oldest = found.get(name, (0, None))
        table.add_row(name, str(number), f"{oldest:%Y-%m-%d %H:%M:%S}" if oldest else "–")
    console.print(table)


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100, json: Json = False
) -> None:
    """Messages that are dead or backing off, and how many of their session wait behind each."""
    found = with_connection(lambda connection: dead_letters.letters(connection, limit=limit))
    if json:
        as_json(found)
        return
    if not found:
        console.print("Nothing is dead or backing off.")
        return
    table = Table("event", "type", "session", "status", "tries", "error", "behind")
    for row in found:
        table.add_row(
            str(row.id), row.event_type, row.partition_key, row.status, _tries(row), row.last_error, str(row.behind)
        )
    console.print(table)


@app.command()
def show(event_id: EventId, json: Json = False) -> None:
    """All that is known of one message, but not what it says."""
    row = _one(event_id)
    if json:
        as_json(row)
        return
    facts = {
        "event": row.id,
        "type": row.event_type,
        "session": row.partition_key,
        "version": row.version,
        "position": row.position,
        "topic": row.topic,
        "status": row.status,
        "tries": _tries(row),
        "error": row.last_error or "–",
        "written": f"{row.created_at:%Y-%m-%d %H:%M:%S}",
        "next try": f"{row.scheduled_at:%Y-%m-%d %H:%M:%S}" if row.status == "PENDING" else "–",
        "bytes": row.size,
        "behind": row.behind,
    }
    table = Table(show_header=False)
    for name, value in facts.items():
        table.add_row(name, str(value))
    console.print(table)


@app.command()
def requeue(
    event_id: Annotated[UUID | None, typer.Argument(parser=_id, help="The event's id.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead message.")] = False,
) -> None:
    """Try dead messages again, as if for the first time."""
    if (event_id is None) is not every:
        raise OperatorError("Say which message.", "Name an event's id, or --all.", code=2)
    if event_id is not None:
        _dead(event_id)
    number = with_connection(lambda connection: dead_letters.requeue(connection, event_id))
    console.print(f"{number} will be tried again." if number else "Nothing is dead.")


@app.command()
def discard(
    event_id: EventId,
    why: Annotated[str, typer.Option("--why", help="Kept with its id, so that others know.")] = "",
    yes: Yes = False,
) -> None:
    """Never send a dead message, and let those of its session that wait behind it go on. The event stays in the log."""
    row = _dead(event_id)
    if len(why) > 500 or not why.isprintable():
        raise OperatorError("This cannot be the reason.", "Use 500 printable characters at most.", code=2)
    said = f"{row.event_type} {row.id}, version {row.version} of session {row.partition_key}"
    if not yes and not typer.confirm(f"Never send {said}? {row.behind} wait behind it, and go out without it."):
        raise typer.Exit(1)
    if not with_connection(lambda connection: dead_letters.discard(connection, event_id, why)):
        raise OperatorError(f"Message {event_id} is not dead any more.", "See `genesis outbox show`.")
    console.print(
        as_called(f"Discarded {said}. {row.behind} behind it go on. `genesis outbox discarded` keeps the trace.")
    )


@app.command()
def discarded(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 100,
    json: Json = False,
) -> None:
    """Messages that were given up: which, when, and why."""
    found = with_connection(lambda connection: dead_letters.discarded(connection, limit=limit))
    if json:
        as_json(found)
        return
    if not found:
        console.print("Nothing was ever discarded.")
        return
    table = Table("event", "type", "session", "error", "why", "discarded")
    for row in found:
        table.add_row(
            str(row.id),
            row.event_type,
            row.partition_key,
            row.last_error,
            escape(row.why),
            f"{row.created_at:%Y-%m-%d %H:%M}",
        )
    console.print(table)


def _one(event_id: UUID) -> Letter:
    found = with_connection(lambda connection: dead_letters.letters(connection, event_id))
    if not found:
        raise OperatorError(f"There is no message {event_id}.", "See `genesis outbox list`.")
    return found[0]


def _dead(event_id: UUID) -> Letter:
    row = _one(event_id)
    if row.status != "DEAD":
        raise OperatorError(
            f"Message {event_id} is {row.status}, not dead.", "Only dead messages are sent again or discarded."
        )
    return row


def _tries(row: Letter) -> str:
    return f"{row.retry_count} of {row.max_retries + 1}"
