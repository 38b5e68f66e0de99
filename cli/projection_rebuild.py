"""`genesis projections rebuild|verify|back`: tables made anew under live traffic, with proof and a way back."""

import asyncio
import os
from collections.abc import Callable
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.printing import as_called, make_console
from cli.projection_access import chosen, explained, on_connection, url_of, with_connection
from cli.rebuild_reporting import Reporter, reporter, write_object
from infrastructure.embedded.runtime import connected
from infrastructure.operator_error import OperatorError
from infrastructure.read_side import rebuild as rebuilding
from infrastructure.read_side.stream_digests import write_digests
from infrastructure.read_side.unapplied import Unapplied
from infrastructure.read_side.verification import Comparison
from infrastructure.settings import Settings
from projections.engine.projection import Projection

console = make_console()

_BEHIND = 5
"""The niceness of a rebuild and of its workers. Not more: a process that gets no turn keeps its write open, and with
that every reader of the log waiting."""

Names = Annotated[list[str] | None, typer.Argument(help="Projections, as `list` names them.", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="Every projection of this build.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: an object on each line, nothing is asked.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Processes that fold the log, each its own streams.")]
Rate = Annotated[float | None, typer.Option(min=1, help="Events a second at most; no limit if it is not given.")]


def rebuild(
    names: Names = None,
    *,
    all_of_them: All = False,
    yes: Yes = False,
    drop_old: Annotated[bool, typer.Option("--drop-old", help="Do not keep the old tables for a way back.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would differ.")] = False,
    afresh: Annotated[bool, typer.Option("--afresh", help="Do not go on with an interrupted rebuild.")] = False,
    workers: Workers = 1,
    rate: Rate = None,
    as_json: AsJson = False,
) -> None:
    """Build tables anew from the log and switch to them at once. Readers and writers go on meanwhile.

    Interrupted, even killed, it goes on where it was when it is started again.
    """

    def one(projection: Projection, told: Reporter) -> bool:
        def agreed(comparison: Comparison) -> bool:
            told.pause()
            show(projection, comparison, as_json=as_json)
            if yes or (comparison.equal and not comparison.unapplied.new):
                return True
            return not as_json and typer.confirm(_question(comparison))

        options = rebuilding.Options(
            on_progress=lambda now: told.progress(projection.name, now),
            tell=told.say,
            switch=agreed,
            keep=not drop_old,
            compare_only=dry_run,
            afresh=afresh,
            workers=workers,
            rate=rate,
        )
        report = _run(projection, options)
        told.pause()
        if dry_run:
            show(projection, report.comparison, as_json=as_json)
        _show_report(projection, report, as_json=as_json, kept=not drop_old)
        return report.switched or dry_run

    _each(chosen(names, all_of_them=all_of_them), one, as_json=as_json)


def verify(
    names: Names = None,
    *,
    all_of_them: All = False,
    digest: Annotated[
        bool, typer.Option("--digest", help="Instead: a digest of each stream's rows, to compare with other machines.")
    ] = False,
    workers: Workers = 1,
    rate: Rate = None,
    as_json: AsJson = False,
) -> None:
    """Whether the live tables are what the log says, row by row. Changes nothing; exit code 1 when they are not."""
    projections = chosen(names, all_of_them=all_of_them)
    if digest:
        for projection in projections:
            _digest(projection, as_json=as_json)
        return

    def one(projection: Projection, told: Reporter) -> bool:
        options = rebuilding.Options(
            on_progress=lambda now: told.progress(projection.name, now),
            tell=told.say,
            compare_only=True,
            workers=workers,
            rate=rate,
        )
        report = _run(projection, options)
        told.pause()
        show(projection, report.comparison, as_json=as_json)
        return report.comparison.equal

    _each(projections, one, as_json=as_json)


def back(names: Names = None, *, all_of_them: All = False, yes: Yes = False) -> None:
    """Return to the tables from before the last rebuild, brought up to date first."""

    def one(projection: Projection, told: Reporter) -> bool:
        with explained():
            with_connection(lambda connection: rebuilding.earlier(connection, projection))
            if not yes and not typer.confirm(f"Return to the earlier tables of {projection.name}?"):
                return False
            with connected(Settings()) as settings:
                generation = asyncio.run(rebuilding.go_back(url_of(settings), projection))
        told.say(f"{projection.name} is back, now as generation {generation}.")
        return True

    _each(chosen(names, all_of_them=all_of_them), one)


def _each(
    projections: list[Projection], work: Callable[[Projection, Reporter], bool], *, as_json: bool = False
) -> None:
    """One after the other; what one refuses does not keep the others. Exit code 1 when one is not as asked."""
    fine = True
    with reporter(console, as_json=as_json) as told:
        for projection in projections:
            try:
                fine &= work(projection, told)
            except OperatorError as error:
                if len(projections) == 1:
                    raise
                told.pause()
                told.say(f"{projection.name}: {error.message} {as_called(error.remedy)}".rstrip())
                fine = False
    if not fine:
        raise typer.Exit(1)


def _run(projection: Projection, options: rebuilding.Options) -> rebuilding.Report:
    with explained(), connected(Settings()) as settings:
        os.setpriority(
            os.PRIO_PROCESS, 0, max(_BEHIND, os.getpriority(os.PRIO_PROCESS, 0))
        )  # whoever writes and reads comes first
        return asyncio.run(rebuilding.rebuild(url_of(settings), projection, options))


def _digest(projection: Projection, *, as_json: bool) -> None:
    def tell(stream: str, version: int | None, digest: str) -> None:
        if as_json:
            write_object(projection=projection.name, stream=stream, version=version, digest=digest)
        else:
            typer.echo(f"{projection.name} {stream} {version if version is not None else '-'} {digest}")

    with connected(Settings()) as settings:
        asyncio.run(on_connection(url_of(settings), lambda connection: write_digests(connection, projection, tell)))


def _question(comparison: Comparison) -> str:
    if comparison.unapplied.new:
        new = comparison.unapplied.new
        return f"{new} {'stream that goes' if new == 1 else 'streams that go'} on now would stand still. Switch?"
    return "The rebuilt tables are not the same as the live ones. Switch to them?"


def _show_report(projection: Projection, report: rebuilding.Report, *, as_json: bool, kept: bool) -> None:
    rate = report.events / max(report.seconds, 0.001)
    if as_json:
        write_object(
            projection=projection.name,
            events=report.events,
            resumed=report.resumed,
            seconds=round(report.seconds, 3),
            switched=report.switched,
            generation=report.generation,
        )
        return
    earlier = f" {report.resumed:,} were done before." if report.resumed else ""
    console.print(f"{report.events:,} events in {report.seconds:.1f} s ({rate:,.0f} a second).{earlier}")
    if not report.switched:
        console.print("Nothing has changed.")
        return
    console.print(f"{projection.name} is now generation {report.generation}.")
    if kept:
        back_again = as_called(f"`genesis projections back {projection.name}` returns to them.")
        console.print(f"The old tables are kept: {back_again}")


def show(projection: Projection, comparison: Comparison, *, as_json: bool) -> None:
    """What the comparison has found, and which events the rebuilt tables could not take."""
    if as_json:
        write_object(
            projection=projection.name,
            rows=comparison.rows,
            differences=comparison.differences,
            not_compared=len(comparison.skipped),
            tables_not_compared=sorted(comparison.left_out),
            columns=sorted(comparison.columns),
            samples=[{"table": one.table, "key": one.key, "what": one.what} for one in comparison.samples],
            unapplied=comparison.unapplied,
        )
        return
    if comparison.columns:
        console.print(f"Columns on one side only: {', '.join(sorted(comparison.columns))}.")
    if comparison.skipped:
        console.print(f"{len(comparison.skipped)} streams were not compared: parked, or moving all the time.")
    if comparison.left_out:
        console.print(f"Not compared, because streams moved all the time: {', '.join(sorted(comparison.left_out))}.")
    _show_unapplied(comparison.unapplied)
    if comparison.equal:
        console.print(f"{comparison.rows} rows compared: all are the same.")
        return
    console.print(f"[red]{comparison.differences} of {comparison.rows} rows differ.[/red]")
    table = Table("table", "key", "what")
    for sample in comparison.samples:
        table.add_row(sample.table, " ".join(sample.key), sample.what)
    console.print(table)


def _show_unapplied(found: Unapplied) -> None:
    if not found.streams:
        return
    console.print(
        f"[red]In the rebuilt tables {found.streams} {'stream stands' if found.streams == 1 else 'streams stand'} still"
        f" at an event that could not be applied; events missing there: {found.events}.[/red]"
    )
    table = Table("stream", "version", "position", "event", "why", "now")
    for one in found.samples:
        why = f"a newer build: {one.error}" if one.newer else one.error
        now = "stands still too" if one.known else "goes on"
        table.add_row(str(one.stream_id), str(one.version), str(one.position), escape(one.event), escape(why), now)
    console.print(table)
    if found.streams > len(found.samples):
        console.print(f"These are the first {len(found.samples)} of them.")
