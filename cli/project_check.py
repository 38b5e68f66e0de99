"""`genesis projects check`: where a book contradicts itself, with both sentences. Only reads the database."""

from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from cli.connection import as_json as print_json
from cli.moments import AsJson, read
from cli.printing import make_console
from cli.project_argument import Project
from domain.continuity.facts import FindingKind
from infrastructure.operator_error import OperatorError
from projections.project.continuity_queries import read_continuity
from projections.project.continuity_views import FindingView, Said

console = make_console(markup=False)

_SAID: dict[FindingKind, str] = {
    "eyes": "{person}: eyes {one}, then {other}",
    "hair": "{person}: hair {one}, then {other}",
    "handedness": "{person}: {one}-handed, then {other}-handed",
    "wound": "{person}: hurt at the {one}, then the {other}",
    "birthplace": "{person}: born in {one}, then in {other}",
    "age": "{person}: {one} years old, then {other}",
    "dead_acts": "{person} is dead, and acts",
    "dead_planned": "{person} is dead, and planned for a later chapter",
    "season": "the season does not fit the month",
    "weekday": "two dates whose weekdays do not fit",
    "two_places": "{person} in two places at one time: {one}, {other}",
    "knew_before": "{person} learns what they knew before",
    "knew_after": "{person} does not know what they knew before",
    "spelling": "a name in two spellings: {one}, {other}",
    "retelling": "the same scene twice: “{one}”, “{other}”",
    "other_book": "a chapter with none of this book's people: {one}, {other}",
}


def check(
    project: Project,
    *,
    with_facts: Annotated[bool, typer.Option("--facts", help="In JSON: with all that the book states.")] = False,
    waived: Annotated[bool, typer.Option("--waived", help="Also what is waived as meant.")] = False,
    as_json: AsJson = False,
) -> None:
    """Looks for contradictions in a book: of facts, time, place, knowledge and names, and scenes told twice.

    Ends with 1 when there are findings that are not waived.
    """
    found = read(lambda connection: read_continuity(connection, project, None, with_facts=with_facts))
    if found is None:
        raise OperatorError("There is no such project.", "`genesis projects list` names those that there are.")
    shown = [one for one in found.findings if waived or one.waived is None]
    if as_json:
        print_json(found.model_dump(mode="json") | {"findings": [one.model_dump(mode="json") for one in shown]})
    elif shown:
        table = Table(Column("what"), Column("first"), Column("second"), show_lines=True)
        for one in shown:
            table.add_row(Text(_told(one)), Text(_quoted(one.first)), Text(_quoted(one.second)))
        console.print(table)
    else:
        console.print("Nothing in this book contradicts itself, as far as rules can tell.")
    if found.open_findings:
        raise typer.Exit(1)


def _told(finding: FindingView) -> str:
    told = _SAID[finding.kind].format(person=finding.person, one=finding.first_value, other=finding.second_value)
    return told if finding.waived is None else f"{told}\n(meant: {finding.waived.reason})"


def _quoted(said: Said) -> str:
    return f"{said.chapter_title}{'' if said.block_id else ' (plan)'}: “{said.sentence}”"
