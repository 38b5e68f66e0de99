"""How the command line shows what differs between two states: as `diff` does, words in colour."""

from collections.abc import Iterator, Sequence

from pydantic import JsonValue
from pydantic_core import to_json
from rich.text import Text

from projections.differences.model import Change, WordRun, pointer
from projections.genesis.session_differences import ComparedState, SessionDifferences

_STYLES = {"kept": "", "removed": "red strike", "added": "green"}
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "kept": ("", "")}
_CONTEXT = 60
_LONGEST, _FIELDS = 400, 40


def difference_lines(found: SessionDifferences) -> Iterator[Text]:
    """Line by line. Marks as `wdiff` has them, so that it can be read without colours too."""
    yield Text(f"--- {_side(found.before)}", style="red")
    yield Text(f"+++ {_side(found.after)}", style="green")
    yield from _part("session", found.session)
    for stage in found.stages:
        yield from _part(stage.label, stage.settings)
        yield from _part(f"{stage.label}: confirmed", stage.confirmed)
        yield from _part(f"{stage.label}: proposals", stage.proposals)
        yield from _part(f"{stage.label}: feedback", stage.feedback)
    if found.equal:
        yield Text("No differences in the writer's work.")


def _side(side: ComparedState) -> str:
    return f"{side.session_id}@{side.version}  {side.title}  {side.at:%Y-%m-%d %H:%M:%S} UTC"


def _part(name: str, changes: Sequence[Change]) -> Iterator[Text]:
    if changes:
        yield Text(f"@@ {name} @@", style="cyan")
    for change in changes:
        yield from _lines(change)


def _lines(change: Change) -> Iterator[Text]:
    path = change.path or "/"
    if change.kind == "moved":
        yield Text(
            f"> {path}: moved from place {_place(change.before_index)} to {_place(change.after_index)}", "yellow"
        )
    elif change.words is not None:
        yield Text("~ ").append(f"{path}: ").append_text(_words(change.words))
    else:
        if change.kind in ("removed", "changed"):
            yield from _value("-", change.path, change.before, "red")
        if change.kind in ("added", "changed"):
            yield from _value("+", change.path, change.after, "green")


def _place(index: int | None) -> str:
    return "?" if index is None else str(index + 1)


def _words(runs: Sequence[WordRun]) -> Text:
    line = Text()
    for number, run in enumerate(runs):
        before, after = _MARKS[run.op]
        text = _near(run.text, first=number == 0, last=number == len(runs) - 1) if run.op == "kept" else run.text
        line.append(f"{before}{text}{after}", style=_STYLES[run.op])
    return line


def _near(text: str, *, first: bool, last: bool) -> str:
    """What was kept, as far as it is near to what changed."""
    if len(text) <= 2 * _CONTEXT:
        return text
    return ("" if first else text[:_CONTEXT]) + " … " + ("" if last else text[-_CONTEXT:])


def _value(mark: str, path: str, value: JsonValue, style: str) -> Iterator[Text]:
    """A value field by field; those without a word are left out, unless there is no other."""
    found: list[tuple[str, JsonValue]] = [leaf for leaf in _leaves(path, value) if leaf[1] not in ("", None)]
    if not found:
        found.append((path, value))
    for at, leaf in found[:_FIELDS]:
        yield Text(f"{mark} {at or '/'}: {_shown(leaf)}", style=style)
    if len(found) > _FIELDS:
        yield Text(f"{mark} … and {len(found) - _FIELDS} more fields", style=style)


def _leaves(path: str, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(pointer(path, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(pointer(path, index), item)
    else:
        yield path, value


def _shown(value: JsonValue) -> str:
    text = value if isinstance(value, str) else to_json(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text)} characters)"
