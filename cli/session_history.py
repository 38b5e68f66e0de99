"""A session's history for a person: one line for each event, with what it changed in a few words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from domain.genesis.events import (
    ContentEdited,
    ContradictionsFound,
    Event,
    FeedbackGiven,
    GenerationFailed,
    GenerationRequested,
    GenesisAbandoned,
    GenesisBranched,
    GenesisCompleted,
    GenesisStarted,
    LocksChanged,
    ProposalsRecorded,
    SessionExtended,
    StageConfirmed,
)
from domain.genesis.proposals import Content, Proposal
from domain.genesis.stages import STAGE_BY_KEY
from projections.differences.changes import changes
from projections.differences.model import Change
from projections.differences.words import Words
from projections.engine.projection import StoredEvent
from projections.genesis.timeline import TimelineRow, apply_timeline

_FIELDS = 4
_STUDIO = "the studio"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event: when, in which stage, who made it, and what changed."""

    row: TimelineRow
    stage: str
    who: str
    what: str

    @property
    def at(self) -> datetime:
        return self.row.occurred_at

    def plain(self) -> dict[str, JsonValue]:
        """For programs: the line of the history that the API gives, and `who` and `what`."""
        found: dict[str, JsonValue] = self.row.model_dump(mode="json", exclude={"session_id"})
        return found | {"who": self.who, "what": self.what}


def lines(events: Sequence[StoredEvent], people: Mapping[int, str]) -> Iterator[HistoryLine]:
    """The history, oldest first. `people`: version -> who asked for it."""
    contents: dict[UUID, Content] = {}
    confirmed: dict[GenesisStage, Content] = {}
    for stored in events:
        row = apply_timeline(None, stored, ())
        event = cast(Event, stored.event)
        stage = STAGE_BY_KEY.get(row.stage) if row.stage is not None else None
        yield HistoryLine(
            row=row,
            stage=stage.label if stage is not None else "",
            who=_who(event, people.get(stored.version)),
            what=_what(event, contents, confirmed),
        )
        contents.update({proposal.id: proposal.content for proposal in _proposed(event)})
        if isinstance(event, StageConfirmed):
            confirmed[event.stage] = event.content


def _who(event: Event, person: str | None) -> str:
    if isinstance(event, ProposalsRecorded | ContradictionsFound):
        return event.writer if event.writer == event.model else f"{event.writer} ({event.model})"
    return person or _STUDIO


def _proposed(event: Event) -> Sequence[Proposal]:
    match event:
        case ProposalsRecorded():
            return event.proposals
        case ContentEdited():
            return (event.proposal,)
        case GenesisBranched():
            return [proposal for record in event.stages.values() for proposal in record.proposals]
        case _:
            return ()


def _what(event: Event, contents: Mapping[UUID, Content], confirmed: Mapping[GenesisStage, Content]) -> str:
    match event:
        case GenesisStarted():
            return f"begun, {event.mode.value.lower().replace('_', '-')}" + _quoted(event.seed)
        case GenesisBranched():
            return f"branched from {event.source_session_id} at version {event.source_version}"
        case GenerationRequested() if event.kind == "agreement":
            return "contradictions looked for"
        case ContradictionsFound():
            return _count(len(event.found), "contradiction") + " found"
        case GenerationRequested():
            return f"{event.kind} asked for ({event.count})" + _quoted(event.instructions)
        case ProposalsRecorded():
            return _count(len(event.proposals), "proposal") + _revised(event.proposals, contents)
        case FeedbackGiven():
            return "feedback" + (f" on {event.path}" if event.path else "") + _quoted(event.text)
        case ContentEdited():
            return "edited" + _revised((event.proposal,), contents)
        case LocksChanged():
            return "locked: " + (", ".join(event.locked_paths) or "nothing")
        case StageConfirmed():
            labels = ", ".join(STAGE_BY_KEY[stage].label for stage in event.stale)
            stale = f"; stale now: {labels}" if labels else ""
            before = confirmed.get(event.stage)
            again = "" if before is None else ", changed" + _fields(changes(before, event.content, Words()))
            return "confirmed" + _quoted(_title(event.content)) + again + stale
        case GenerationFailed():
            return f"failed: {event.message}"
        case SessionExtended():
            return f"extended by {event.hours} h, until {event.expires_at:%Y-%m-%d %H:%M} UTC"
        case GenesisCompleted():
            return "finished" + _quoted(event.title)
        case GenesisAbandoned():
            return "abandoned" + _quoted(event.reason)
        case _:
            return _spaced(type(event).__name__)


def _revised(proposals: Sequence[Proposal], contents: Mapping[UUID, Content]) -> str:
    """What revisions changed of what they came from."""
    said = ""
    for proposal in proposals:
        before = contents.get(proposal.revision_of) if proposal.revision_of is not None else None
        if before is not None:
            said += _fields(changes(before, proposal.content, Words()))
    return said


def _fields(found: Sequence[Change]) -> str:
    """Which fields changed, and by how many words."""
    if not found:
        return ": nothing"
    named = [change.path.removeprefix("/") + _words(change) for change in found[:_FIELDS]]
    more = f" and {len(found) - _FIELDS} more" if len(found) > _FIELDS else ""
    return f": {', '.join(named)}{more}"


def _words(change: Change) -> str:
    if change.words is None:
        return "" if change.kind == "changed" else f" {change.kind}"
    counts = {
        op: sum(len(run.text.split()) for run in change.words or () if run.op == op) for op in ("added", "removed")
    }
    return f" (+{counts['added']} −{counts['removed']} words)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _title(content: Content) -> str:
    title = content.get("title") or content.get("working_title")
    return title if isinstance(title, str) else ""


def _quoted(text: str) -> str:
    return f": “{_short(text)}”" if text else ""


def _short(text: str, most: int = 70) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _spaced(name: str) -> str:
    """StageEntered -> stage entered."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
