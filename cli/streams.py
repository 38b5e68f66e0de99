"""`genesis streams`: any stream of any aggregate as the log has it, its events, its state now or then. Reads only."""

from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table

from application.moments import LAST_VERSION, Moment
from application.replay import LogDamaged
from cli.connection import as_json as print_json
from cli.ids import id_from
from cli.moments import AsJson, AtTime, AtVersion, moment_of, read
from cli.printing import make_console
from domain.aggregates import AGGREGATES
from infrastructure.embedded.runtime import connected
from infrastructure.event_store.codec import UnreadableEvent
from infrastructure.event_store.eventsourcing_application import EventLog, StreamState
from infrastructure.event_store.stream_listing import ListedEvent, list_events, list_streams
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

app = typer.Typer(help="The log's streams, of any aggregate: list, events, state now or then.", no_args_is_help=True)
console = make_console()

Stream = Annotated[
    UUID, typer.Argument(parser=id_from("streams list"), help="The stream's id: a session's, an account's.")
]


@app.command("list")
def list_(
    aggregate: Annotated[
        str | None, typer.Option("--type", help="Only this kind: " + ", ".join(AGGREGATES.by_type))
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Every stream with its kind and length, the last written first."""
    found = read(lambda connection: list_streams(connection, aggregate, limit))
    if as_json:
        print_json(found)
        return
    table = Table("stream", "kind", "version", "first event", "last event", "")
    for stream in found:
        missing = f"{stream.version - stream.events} missing" if stream.events < stream.version else ""
        times = (f"{at:%Y-%m-%d %H:%M:%S}" for at in (stream.first_at, stream.last_at))
        table.add_row(stream.stream_id, escape(stream.aggregate_type), str(stream.version), *times, missing)
    console.print(table)


@app.command()
def show(
    stream: Stream,
    *,
    first: Annotated[int | None, typer.Option("--from", min=1, max=LAST_VERSION, help="From this version on.")] = None,
    last: Annotated[int | None, typer.Option("--to", min=1, max=LAST_VERSION, help="Up to this version.")] = None,
    as_json: AsJson = False,
) -> None:
    """The events of a stream as they are stored. `--json`: with what they say, an object on each line."""
    if first is not None and last is not None and first > last:
        raise OperatorError(f"Version {first} comes after version {last}.", "Exchange --from and --to.", code=2)
    found = read(lambda connection: list_events(connection, stream, first, last))
    if not found:
        raise _no_stream(stream, first, last)
    if as_json:
        for event in found:
            typer.echo(orjson.dumps(event))
        return
    table = Table(
        "version",
        "event",
        "recorded",
        "asked by",
        "command",
        "position",
        "characters",
        "event id",
    )
    for event in found:
        table.add_row(*_cells(event))
    console.print(table)


@app.command("state")
def state_(stream: Stream, at_version: AtVersion = None, at: AtTime = None) -> None:
    """The state of a stream as JSON, now or then, as its aggregate folds it from the log."""
    state(stream, at_version, at)


def state(stream: UUID, version: int | None, at: str | None) -> int:
    """Print it. Returns the exit code; raises OperatorError."""
    moment = moment_of(version, at)
    with connected(Settings()) as settings:
        assert settings.database_url is not None
        with EventLog(settings.database_url.get_secret_value(), read_only=True) as log:
            try:
                found = _found(log, stream, moment)
            except UnreadableEvent as error:
                raise OperatorError(str(error)) from error
            except LogDamaged as error:
                raise OperatorError(str(error), "A backup from before may have it: `genesis restore`.") from error
            except ValidationError as error:
                raise OperatorError(
                    f"An event of {stream} is not what was written.", "`genesis streams show` lists them."
                ) from error
    typer.echo(_as_json(found))
    return 0


def _found(log: EventLog, stream: UUID, moment: Moment) -> StreamState:
    found = log.state(stream, moment.version, moment.at)
    if found is None:
        if moment.at is not None and log.state(stream) is not None:
            raise OperatorError(f"The stream {stream} had not begun at {moment.at.isoformat()}.", "Name a later time.")
        raise _no_stream(stream)
    if moment.version is not None and found.state.version < moment.version:
        raise OperatorError(f"The stream {stream} has {found.state.version} versions.", "Name one of them.")
    return found


def _no_stream(stream: UUID, first: int | None = None, last: int | None = None) -> OperatorError:
    if first is not None or last is not None:
        return OperatorError(
            f"There is no stream {stream}, or no event of it from {first or 1} to {last or 'its end'}."
        )
    return OperatorError(f"There is no stream {stream}.", "A session's id stands in its address on the page.")


def _as_json(found: StreamState) -> str:
    state: Any = TypeAdapter(type(found.state)).dump_python(found.state, mode="json")
    shown = {"aggregate_type": found.aggregate.aggregate_type, "stream_id": str(found.stream_id), "state": state}
    return TypeAdapter(dict).dump_json(shown, indent=2).decode()


def _cells(event: ListedEvent) -> tuple[str, ...]:
    return (
        str(event.version),
        escape(event.event_type) + (f" v{event.event_version}" if event.event_version > 1 else ""),
        f"{event.recorded_at:%Y-%m-%d %H:%M:%S}",
        escape(event.asked_by or ""),
        escape(event.command_type or ""),
        str(event.position),
        str(event.characters),
        str(event.event_id),
    )
