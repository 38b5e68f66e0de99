"""`genesis log`: whether the log is what was written."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import psycopg
import typer

from cli.connection import as_json as print_json
from cli.ids import id_from
from cli.moments import AsJson
from cli.progress import progress
from infrastructure.embedded.runtime import connected
from infrastructure.event_store.chain_walk import Fault
from infrastructure.event_store.chain_workers import WorkerFailed
from infrastructure.event_store.log_verification import Report, Scope, verify_log
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

app = typer.Typer(help="The log as a whole: the proof that it is what was written.", no_args_is_help=True)

_LAST_POSITION = 2**63 - 1


@app.callback()
def _group() -> None:
    """A group of commands, though it has one only."""


@app.command()
def verify(
    *,
    stream: Annotated[
        UUID | None,
        typer.Option(parser=id_from("streams list"), help="Only this stream: a session's id, an account's."),
    ] = None,
    first: Annotated[
        int, typer.Option("--from", min=1, max=_LAST_POSITION, help="From this position of the log on.")
    ] = 1,
    last: Annotated[
        int | None,
        typer.Option("--until", min=1, max=_LAST_POSITION, help="Up to this position, to compare an earlier digest."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="Only so many events, drawn at random.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that share the streams of the log.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Check every event's payload and hash chain, and each stream's end. Exit code 1 when something is wrong."""
    if last is not None and last < first:
        raise OperatorError(f"Position {first} comes after position {last}.", "Exchange --from and --until.", code=2)
    scope = Scope(stream, first, last, sample)
    with connected(Settings()) as settings, progress("verifying the log") as tell:
        assert settings.database_url is not None
        try:
            report = verify_log(settings.database_url.get_secret_value(), scope, tell, workers=workers)
        except WorkerFailed as error:
            raise OperatorError(str(error), "`--workers 1` does without processes of its own.") from error
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
            raise OperatorError("The log has no chain yet.", "Run `genesis migrate`, which makes it.") from error
    if stream is not None and not report.events and not report.wrong:
        raise OperatorError(f"There is no event of stream {stream} there.", "`genesis streams list` names the streams.")
    if as_json:
        print_json(asdict(report))
    else:
        _say(report, scope)
    if report.wrong:
        raise typer.Exit(1)


def _say(report: Report, scope: Scope) -> None:
    for fault in report.faults:
        typer.echo(sentence(fault))
    if report.wrong > len(report.faults):
        typer.echo(f"… and {report.wrong - len(report.faults):,} more.")
    looked = f"{_count(report.events, 'event')} of {_count(report.streams, 'stream')}"
    looked += ", drawn at random" if scope.sample else ""
    erased = f" {report.erased:,} payloads are erased; their commitments stand." if report.erased else ""
    if report.wrong:
        typer.echo(f"{looked}: {report.wrong:,} {'is' if report.wrong == 1 else 'are'} not as written.{erased}")
        typer.echo("A backup from before may have them: `genesis restore`.")
        return
    if not report.events:
        typer.echo("No event lies there: nothing was looked at.")
        return
    typer.echo(f"{looked}: all is as it was written.{erased}")
    if report.digest is not None:
        typer.echo(f"Digest up to position {report.position}: {report.digest}")


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}" + ("" if number == 1 else "s")


def sentence(fault: Fault) -> str:
    """Which event it is, and what is wrong with it."""
    if fault.event_id is None:
        return f"stream {fault.stream_id}: {fault.what}"
    return f"stream {fault.stream_id} version {fault.version} (event {fault.event_id}, {fault.position}): {fault.what}"
