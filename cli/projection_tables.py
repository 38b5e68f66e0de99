"""Shows how projections stand: their versions, their places in the log, and what is wrong with them, for a terminal."""

from collections.abc import Iterator, Sequence

from rich.table import Column, Table

from cli.printing import as_called
from infrastructure.read_side.status import MEND_RESTORED, RESTORED, Standing, Status, ahead, rebuild_of
from infrastructure.read_side.unfinished import Unfinished
from projections.engine.projection import schema_of
from projections.registry import PROJECTIONS, VERSIONS


def versions_table(found: Sequence[Status]) -> Table:
    """Every projection of this build with its version and tables, and the other versions that there are."""
    table = Table("projection", "version", "read by", "tables", "made by")
    for projection in PROJECTIONS:
        names = ", ".join(table.name for table in projection.tables)
        made_by = f"{projection.sql.parent.parent.name}/{projection.sql.parent.name}/{projection.sql.name}"
        table.add_row(projection.name, str(projection.version), "this build", names, made_by)
    for row in found:
        if not row.standing.live:
            version = str(row.standing.version)
            table.add_row(row.standing.projection, version, _whose(row.standing), f"schema {_schema(row)}", "–")
    return table


def status_table(found: Sequence[Status]) -> Table:
    """Where each version stands, how far behind it is, and what is parked."""
    projection = Column("projection", min_width=max(len(name) for name in VERSIONS))  # whole: `rebuild` asks for it
    table = Table(projection, "version", "position", "lag (events)", "parked", "state", "generation", "size", "back")
    for row in found:
        one = row.standing
        parked = f"[red]{one.parked}[/red]" if one.parked else "0"
        back = "kept" if row.kept else "–"
        facts = (one.projection, str(one.version), str(one.checkpoint.position), str(row.lag), parked)
        table.add_row(*facts, _state(row), str(one.generation), f"{row.size / 1e6:.1f} MB", back)
    return table


def _schema(row: Status) -> str:
    return schema_of(row.standing.projection, row.standing.version)


def _whose(one: Standing) -> str:
    known = VERSIONS.get(one.projection)
    if known is None:
        return "no projection of this build"
    return "a newer build" if one.version > known else "older builds"


def _state(row: Status) -> str:
    one = row.standing
    if one.misplaced:
        return "[red]stands still[/red]"
    if not one.built:
        return f"building, {row.percent} %"
    return ("live" if one.live else f"of {_whose(one)}") + (", behind" if row.lag else "")


def warnings(found: Sequence[Status]) -> Iterator[str]:
    """What would otherwise look as if all were well."""
    mine = [row.standing for row in found if row.standing.live]
    if any(one.restored for one in mine):
        yield f"[red]{RESTORED}.[/red] {as_called(MEND_RESTORED)}"
    for one in mine:
        if one.ahead and not one.restored:
            yield f"[red]{ahead(one)}.[/red] {as_called(rebuild_of(one))}"
        if one.newer:
            yield (
                f"[red]{one.newer} parked streams of {one.projection} hold events of a newer build.[/red]"
                f" Start that build's processes, then {as_called(f'`genesis projections retry {one.projection}`')}."
            )
    for one in (row.standing for row in found):
        if one.version > VERSIONS.get(one.projection, one.version):
            yield (
                f"[yellow]This build knows version {VERSIONS[one.projection]} of {one.projection}; the database has"
                f" version {one.version}, of a newer build.[/yellow] Rebuild and switch with that build."
            )


def left_over(unfinished: Sequence[Unfinished]) -> Iterator[str]:
    """Rebuilds under way, and what interrupted ones have left."""
    for one in unfinished:
        what = f"version {one.version} of {one.projection}"
        if one.running:
            yield f"A rebuild of {what} is under way."
        else:
            go_on = f"`genesis projections rebuild {one.projection}` goes on with it"
            gone = f"`genesis projections drop {one.projection} --unfinished` drops it"
            yield as_called(f"An interrupted rebuild of {what} is kept ({one.size / 1e6:.1f} MB): {go_on}, {gone}.")
