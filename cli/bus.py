"""`genesis bus`: messages that a consumer could not take. Where they lay and why; what they hold is never shown."""

from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from cli.connection import as_json, with_connection
from cli.ids import id_from
from cli.printing import make_console
from infrastructure.messaging import parked_messages
from infrastructure.messaging.parked_messages import ParkedMessage
from infrastructure.operator_error import OperatorError

app = typer.Typer(
    help="Messages from the bus that nobody could take: why, another look, forgetting.", no_args_is_help=True
)
console = make_console(soft_wrap=True, markup=False)

_id = id_from("bus parked")
ParkedId = Annotated[UUID, typer.Argument(parser=_id, help="The message's id, as `parked` shows it.")]
SomeId = Annotated[UUID | None, typer.Argument(parser=_id, help="The message's id, as `parked` shows it.")]
Every = Annotated[bool, typer.Option("--all", help="Every parked message.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def parked(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the oldest first.")] = 100,
    json: Json = False,
) -> None:
    """Messages that are parked: who could not take them, where they lay, and why."""
    found = with_connection(lambda connection: parked_messages.parked(connection, limit=limit))
    if json:
        as_json(found)
    elif not found:
        console.print("No message is parked.")
    else:
        table = Table("message", "consumer", "source", "why", "parked")
        for row in found:
            table.add_row(
                str(row.id),
                row.consumer_group,
                row.source,
                f"{row.code}: {row.reason}",
                f"{row.created_at:%Y-%m-%d %H:%M}",
            )
        console.print(table)


@app.command()
def show(parked_id: ParkedId, json: Json = False) -> None:
    """All that is known of one parked message, its headers too, but not its value."""
    row = _one(parked_id)
    if json:
        as_json(row)
        return
    table = Table(show_header=False)
    facts = {
        "message": row.id,
        "consumer": row.consumer_group,
        "source": row.source,
        "event": row.event_id or "–",
        "code": row.code,
        "why": row.reason,
        "key": row.message_key or "–",
        "bytes": row.size,
        "looks": row.looks,
        "parked": f"{row.created_at:%Y-%m-%d %H:%M:%S}",
        "next look": "now" if row.retry_at else "–",
    }
    for name, value in [*facts.items(), *((f"header {name}", value) for name, value in row.headers)]:
        table.add_row(escape(_plain(name)), escape(_plain(str(value))))
    console.print(table)


@app.command()
def retry(parked_id: SomeId = None, every: Every = False) -> None:
    """Have the consumers look again. What they still cannot take stays parked, with today's reason."""
    _which(parked_id, every)
    number = with_connection(lambda connection: parked_messages.retry(connection, parked_id))
    console.print(f"{number} will be looked at again." if number else "No message is parked.")


@app.command()
def discard(parked_id: SomeId = None, every: Every = False, yes: Yes = False) -> None:
    """Forget parked messages. What the log holds stays in the log."""
    _which(parked_id, every)
    asked = "every parked message" if parked_id is None else f"message {parked_id}"
    if not yes and not typer.confirm(f"Forget {asked}?"):
        raise typer.Exit(1)
    number = with_connection(lambda connection: parked_messages.discard(connection, parked_id))
    console.print(f"{number} forgotten." if number else "No message is parked.")


def _which(parked_id: UUID | None, every: bool) -> None:
    if (parked_id is None) is not every:
        raise OperatorError("Say which message.", "Name its id, or --all.", code=2)
    if parked_id is not None:
        _one(parked_id)


def _one(parked_id: UUID) -> ParkedMessage:
    found = with_connection(lambda connection: parked_messages.parked(connection, parked_id))
    if not found:
        raise OperatorError(f"No message {parked_id} is parked.", "See `genesis bus parked`.")
    return found[0]


def _plain(text: str) -> str:
    """A stranger's text on a terminal: no control characters, and short."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:200]
