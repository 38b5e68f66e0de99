"""`genesis sessions why|provenance`: where confirmed texts came from, and who wrote what of a work. Only reads."""

from contextlib import nullcontext
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.text import Text

from application.lineage import read_lineage
from cli.ids import Session
from cli.moments import AsJson, read
from cli.printing import make_console
from cli.session_tables import moment
from infrastructure.event_store.stream_history import StreamHistory
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Connection
from projections.genesis.provenance.disclosure import as_markdown, disclosure
from projections.genesis.provenance.prov_json import prov_json
from projections.genesis.provenance.provenance import NothingConfirmedThere, session_provenance
from projections.genesis.provenance.views import ProvenanceStep, SessionProvenance, ValueProvenance
from projections.genesis.session import SESSION_TYPE

console = make_console(markup=False)

_WHOSE = {"ai": "an AI’s", "muse": "the muse’s", "edited": "proposed, then edited", "person": "a person’s"}
_SAID = {
    "generated": "proposed",
    "refined": "refined",
    "edited": "edited by hand",
    "corrected": "contradictions corrected",
    "feedback": "feedback",
    "locked": "locks changed",
    "confirmed": "confirmed",
    "branched": "branched",
    "adopted": "brought along by a branch",
}
_STYLES = {"ai": "cyan", "muse": "magenta", "person": "green"}


class Form(StrEnum):
    DISCLOSURE = "disclosure"
    DISCLOSURE_JSON = "disclosure-json"
    PROV = "prov"
    JSON = "json"


def why(
    session: Session,
    path: Annotated[
        str, typer.Argument(help="/STAGE/…, as /CONCEPT_SELECTION/title or /CHARACTERS/characters/mara/want.")
    ],
    as_json: AsJson = False,
) -> None:
    """Where what is confirmed at PATH came from: proposals, feedback, edits, locks, confirmations, and whose it is."""
    found = _found(session, path)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    by = {step.number: step for step in found.steps}
    for stage in found.stages:
        for value in stage.values:
            console.print(_value(value, by), soft_wrap=True)
    console.print()
    for step in found.steps:
        console.print(_step(step, session), soft_wrap=True)


def provenance(
    session: Session,
    form: Annotated[Form, typer.Option("--format", help="prov: W3C PROV-JSON. disclosure: a page for people.")] = (
        Form.DISCLOSURE
    ),
) -> None:
    """What of a work an AI wrote, what the muse, what was edited, what is the writer's own; or every step."""
    found = _found(session, "")
    match form:
        case Form.DISCLOSURE:
            typer.echo(as_markdown(disclosure(found)), nl=False)
        case Form.DISCLOSURE_JSON:
            typer.echo(disclosure(found).model_dump_json(indent=2))
        case Form.PROV:
            typer.echo(orjson.dumps(prov_json(found), option=orjson.OPT_INDENT_2))
        case Form.JSON:
            typer.echo(found.model_dump_json(indent=2))


def _found(session: UUID, path: str) -> SessionProvenance:
    """Raises OperatorError."""

    async def work(connection: Connection) -> SessionProvenance:
        lineage = await read_lineage(StreamHistory(lambda: nullcontext(connection), SESSION_TYPE), session)
        return session_provenance(lineage, path)

    try:
        return read(work)
    except NothingConfirmedThere as error:
        raise OperatorError(str(error), f"`genesis sessions show {session} --json` has what is confirmed.") from error


def _value(value: ValueProvenance, by: dict[int, ProvenanceStep]) -> Text:
    text = Text(f"{value.path}  ", style="bold").append(f"({_WHOSE[value.author]})\n", style="dim")
    for run in value.runs or ():
        text.append(run.text, style=_STYLES[by[run.step].by])
    return text


def _step(step: ProvenanceStep, session: UUID) -> Text:
    text = Text(f"{moment(step.at)}  {step.version:>5}  ", style="dim")
    text.append(_SAID[step.kind], style=_STYLES[step.by])
    if step.session_id != session:
        text.append(f"  in {step.session_id}", style="dim")
    if (made := step.generation) is not None:
        cost = "price unknown" if made.cost_usd is None else f"{made.cost_usd:.4f} USD"
        text.append(f"  by {made.model} ({made.writer}), prompt {made.prompt_version}, {cost}")
        if (asked := made.request) is not None and (said := asked.feedback or asked.instructions):
            text.append(f"\n                       asked for: {said}", style="italic")
    if step.text is not None:
        text.append(f"  {step.text}", style="italic")
    if step.locked_paths is not None:
        text.append(f"  {', '.join(step.locked_paths) or 'none'}")
    if step.source_session_id is not None and step.kind == "branched":
        text.append(f"  from {step.source_session_id}@{step.source_version}")
    if step.characters:
        text.append(f"  {step.characters} characters", style="dim")
    return text
