"""How the command line shows sessions: a list, a state, a history, a tree of branches."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text
from rich.tree import Tree

from application.replay import Shown
from cli.session_history import HistoryLine
from projections.genesis.operator_queries import OwnedSession
from projections.genesis.views import SessionState

_STATUS = {"IN_PROGRESS": "in progress", "PAUSED": "paused", "COMPLETED": "finished", "ABANDONED": "abandoned"}


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def sessions_table(found: Sequence[OwnedSession]) -> Table:
    table = Table(
        "session",
        "title",
        "whose",
        "status",
        "stage",
        "confirmed",
        "version",
        "last event",
        Column("branch of", overflow="fold"),
    )
    for one in found:
        item = one.item
        table.add_row(
            str(item.session_id),
            item.title,
            one.owner,
            _STATUS[item.status] + (", at work" if item.is_pending else "") + (", archived" if item.archived else ""),
            item.current_stage.value,
            f"{item.confirmed_stages} of 5",
            str(item.version),
            moment(item.last_event_at),
            f"{item.source_session_id}@{item.source_version}" if item.source_session_id else "",
        )
    return table


def state_table(shown: Shown[SessionState]) -> RenderableType:
    state = shown.state
    facts = Table.grid(padding=(0, 2))
    rows = [
        ("title", state.title),
        ("session", str(state.session_id)),
        ("version", f"{state.version}, of {moment(shown.recorded_at)} UTC, shown as of {moment(shown.at)} UTC"),
        ("status", f"{_STATUS[state.status]}, {state.mode.value.lower().replace('_', '-')}"),
        ("at", state.current_stage.value),
        ("language", state.language),
        ("genre", state.genre),
        ("begun", f"{moment(state.started_at)} UTC"),
        ("time ends", f"{moment(state.expires_at)} UTC"),
    ]
    if state.source_session_id is not None:
        rows.append(("branch of", f"{state.source_session_id}@{state.source_version}"))
    if state.pending is not None:
        rows.append(("at work", f"{state.pending.command_type.value} since {moment(state.pending.since)} UTC"))
    rows += [("warning", warning.message) for warning in state.warnings]
    for name, value in rows:
        facts.add_row(name, Text(value))
    stages = Table("stage", "status", "proposals", "feedback", "locked", "confirmed")
    for stage in state.stages:
        content = state.confirmed_data.get(stage.stage, {})
        title = content.get("title") or content.get("working_title") or ("yes" if content else "")
        counts = (len(stage.proposals), len(stage.feedback), len(stage.locked_paths))
        stages.add_row(stage.label, stage.status.value, *(str(count or "") for count in counts), Text(str(title)))
    return Group(facts, stages)


def history_table(lines: Sequence[HistoryLine]) -> Table:
    table = Table("version", "time (UTC)", "stage", "who", "what")
    for line in lines:
        table.add_row(str(line.row.version), moment(line.at), line.stage, line.who, line.what)
    return table


def history_line(line: HistoryLine) -> str:
    """One event on a line of its own, as it comes."""
    return f"{line.row.version:>4}  {moment(line.at)}  {line.stage:<10}  {line.who}: {line.what}"


def branch_trees(found: Sequence[OwnedSession], marked: UUID | None = None) -> list[Tree]:
    """A tree for each session that is no branch of another that is here; branches in the order of their versions."""
    here = {one.item.session_id: one for one in found}
    branches: dict[UUID, list[OwnedSession]] = {}
    roots = []
    for one in found:
        source = one.item.source_session_id
        if source is not None and source in here:
            branches.setdefault(source, []).append(one)
        else:
            roots.append(one)
    return [_tree(root, branches, marked) for root in roots]


def branch_data(found: Sequence[OwnedSession]) -> list[dict[str, object]]:
    """The same for programs: each session with what it branched from."""
    return [
        {
            "session_id": str(one.item.session_id),
            "title": one.item.title,
            "owner": one.owner,
            "status": one.item.status.value,
            "version": one.item.version,
            "source_session_id": str(one.item.source_session_id) if one.item.source_session_id else None,
            "source_version": one.item.source_version,
        }
        for one in found
    ]


def _tree(root: OwnedSession, branches: dict[UUID, list[OwnedSession]], marked: UUID | None) -> Tree:
    tree = Tree(_label(root, marked))
    waiting = [(tree, root)]  # no recursion: a chain of branches may be long
    while waiting:
        above, one = waiting.pop()
        own = sorted(branches.get(one.item.session_id, ()), key=lambda branch: branch.item.source_version or 0)
        waiting += [(above.add(_label(branch, marked)), branch) for branch in own]
    return tree


def _label(one: OwnedSession, marked: UUID | None) -> Text:
    item = one.item
    label = Text()
    if item.source_session_id is not None:
        gone = "" if item.source_title is not None else f" of {item.source_session_id}, which is not here"
        label.append(f"from version {item.source_version}{gone}: ", style="dim")
    label.append(item.title or "(no title)", style="bold" if item.session_id == marked else "")
    label.append(f"  {item.session_id}  version {item.version}, {_STATUS[item.status]}")
    if item.session_id == marked:
        label.append("  ← this one")
    return label
