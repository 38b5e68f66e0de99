"""`genesis analytics`: the figures of the Insights page, their cases, and the log as a database for analysts."""

import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic import BaseModel

from cli.analytics_tables import cases_table, tables
from cli.connection import as_json as print_json
from cli.database_roles import app as database_roles
from cli.moments import AsJson, read
from cli.printing import make_console
from cli.progress import progress
from cli.selection_options import account_of, stage_named, with_selection
from infrastructure.embedded.runtime import connected
from infrastructure.exports.duckdb_file import make_file
from infrastructure.exports.key import export_key
from infrastructure.exports.request import Request, check
from infrastructure.exports.selection import Refused, Selection
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Connection
from infrastructure.read_side.batch import standing
from infrastructure.settings import Settings
from projections.analytics.projection import ANALYTICS
from projections.analytics.queries import AnalyticsQueries, Asked, Narrowed
from projections.analytics.responses import ResponseKind
from projections.analytics.time_range import InvalidRange, parse_range
from projections.analytics.views import CaseKind, Cases, Outcome
from projections.engine.cursors import InvalidCursor

app = typer.Typer(help="How ideas are judged: figures, their cases, and a database for analysts.", no_args_is_help=True)
app.add_typer(database_roles, name="role")
console = make_console(markup=False)

Of = Annotated[str | None, typer.Option("--account", help="Only what this person did: name or id. Else everybody.")]
From = Annotated[str | None, typer.Option("--from", help="From this day or time on (ISO 8601).")]
To = Annotated[str | None, typer.Option("--to", help="Up to this day or time, which is not counted.")]
Zone = Annotated[str | None, typer.Option(help="The zone that days begin in, such as Europe/Berlin; else UTC.")]


@app.callback()
def analytics() -> None:
    """How ideas are judged: figures, their cases, and a database for analysts."""


@app.command()
def show(account: Of = None, since: From = None, to: To = None, zone: Zone = None, as_json: AsJson = False) -> None:
    """The figures of the Insights page (docs/analytics.md): by stage, by model, the funnel, causes of failures."""
    asked = _asked(account, since, to, zone)

    async def work(connection: Connection) -> dict[str, BaseModel]:
        found = await _queries(connection)
        return {
            "summary": await found.summary(asked),
            "stages": await found.by_stage(asked),
            "models": await found.by_model(asked),
            "funnel": await found.funnel(asked),
            "causes": await found.causes(asked),
        }

    answers = read(work)
    if as_json:
        print_json({name: answer.model_dump(mode="json") for name, answer in answers.items()})
        return
    for table in tables(**answers):  # type: ignore[arg-type]  # each by its own name
        console.print(table)


@app.command()
def cases(
    of: Annotated[str, typer.Argument(help=f"What was counted: {', '.join(get_args(CaseKind))}.")],
    *,
    account: Of = None,
    since: From = None,
    to: To = None,
    zone: Zone = None,
    stage: Annotated[str | None, typer.Option(help="Only of this stage, such as CHARACTERS.")] = None,
    outcome: Annotated[str | None, typer.Option(help=f"Only those: {', '.join(get_args(Outcome))}.")] = None,
    cause: Annotated[str | None, typer.Option(help="Only attempts of a generation that had this cause.")] = None,
    kind: Annotated[str | None, typer.Option(help=f"Only such responses: {', '.join(get_args(ResponseKind))}.")] = None,
    model: Annotated[str | None, typer.Option(help="Only of this model.")] = None,
    prompt_version: Annotated[str | None, typer.Option(help="Only of this version of the prompt.")] = None,
    rounds: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Only acceptances after so many.")] = None,
    code: Annotated[str | None, typer.Option(help="Only generations that failed for this reason.")] = None,
    unpriced: Annotated[bool, typer.Option("--unpriced", help="Only generations whose cost nobody knows.")] = False,
    cursor: Annotated[str | None, typer.Option(help="Where the page before ended.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """The cases that a number was counted from, the newest first, with their places in the log."""
    counted: CaseKind = _one_of(get_args(CaseKind), of, "Nothing is counted as")
    narrowed = Narrowed(
        stage_named(stage) if stage is not None else None,
        outcome=_one_of(get_args(Outcome), outcome, "There is no outcome") if outcome is not None else None,
        code=code,
        cause=cause,
        kind=_one_of(get_args(ResponseKind), kind, "There is no response") if kind is not None else None,
        model=model,
        prompt_version=prompt_version,
        rounds=rounds,
        unpriced=unpriced,
    )
    asked = _asked(account, since, to, zone)

    async def work(connection: Connection) -> Cases:
        return await (await _queries(connection)).cases(asked, counted, narrowed, cursor=cursor, limit=limit)

    try:
        found = read(work)
    except InvalidCursor as error:
        raise OperatorError(str(error), "Take it from the page before, as it is printed there.", code=2) from error
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    console.print(cases_table(found))
    if found.next_cursor:
        typer.echo(f"There are more: --cursor {found.next_cursor}")


def _one_of(known: tuple[Any, ...], said: str, refusal: str) -> Any:
    """Raises OperatorError."""
    if said not in known:
        raise OperatorError(f"{refusal} “{said[:40]}”.", f"There are: {', '.join(known)}.", code=2)
    return said


async def _queries(connection: Connection) -> AnalyticsQueries:
    """Raises OperatorError while the figures are made for the first time."""
    if not (await standing(connection, ANALYTICS)).built:
        raise OperatorError(
            "The figures are being made for the first time.", "`genesis projections status` says how far it is."
        )
    return AnalyticsQueries(lambda: nullcontext(connection))


def _asked(account: str | None, since: str | None, to: str | None, zone: str | None) -> Asked:
    try:
        within = parse_range(since, to, zone)
    except InvalidRange as error:
        raise OperatorError(str(error), code=2) from error
    return Asked(account_of(account) if account is not None else None, within)


@app.command()
@with_selection("session", "account", "with_text", "anonymise")
def duckdb(
    selection: Selection, file: Annotated[Path, typer.Argument(help="The file to make, such as genesis.duckdb.")]
) -> None:
    """A DuckDB file: events, the history of sessions, and views (docs/analysts.md)."""
    try:
        check(Request("events", "parquet", selection))
    except Refused as error:
        raise OperatorError(str(error), code=2) from error
    target = file.expanduser().absolute()
    with connected(Settings()) as settings, progress("exporting") as tell:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        manifest = asyncio.run(make_file(url, selection, target, export_key(settings), tell))
    typer.echo(f"{target}: {manifest.rows:,} events up to {manifest.until}, texts: {manifest.texts}.")
    typer.echo(f"Begin with: duckdb -readonly {target} -c 'SHOW TABLES'")
