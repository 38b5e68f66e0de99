"""What lies on the table of one stage: proposals, feedback, locks, and what is confirmed. Shared by both sides.

The aggregate folds it to decide, the read side to show; `StageRecord` has no behaviour that refuses anything.
"""

import copy
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from genesis_types.enums import GenesisStage, Origin, StageStatus
from pydantic import BaseModel, ConfigDict, JsonValue

Content = dict[str, JsonValue]


class NoteCode(BaseModel):
    """What a note says, for readers of another language than its own: `values` fill the places of the code's sentence.

    A value that is an object is such a code itself. `code` empty: the note is only a sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    values: dict[str, JsonValue] = {}


class Proposal(BaseModel):
    """One version of a stage's content. `version` counts within the stage; `adjustments` say what changed and why.

    `notes`: what was found in it and not mended, as sentences for the novelist; `note_codes`: the same as codes, one
    for each sentence, empty where nobody wrote them down.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    stage: GenesisStage
    version: int
    content: Content
    origin: Origin
    revision_of: UUID | None = None
    adjustments: tuple[str, ...] = ()
    created_at: datetime
    notes: tuple[str, ...] = ()
    note_codes: tuple[NoteCode, ...] = ()


class Round(BaseModel):
    """How the newest generation of a stage ended: `came` proposals of `wanted`, and what is to be said of them all.

    `missing`: JSON pointers to the parts of its proposal `proposal_id` that did not come; it can be asked for the rest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    correlation_id: UUID
    wanted: int
    came: int
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    proposal_id: UUID | None = None
    note_codes: tuple[NoteCode, ...] = ()


class Incomplete(BaseModel):
    """What a proposal lacks, as JSON pointers (RFC 6901): it can be asked for by `rest_of`.

    `missing`: parts that were not written, or of which there is only a line. `unchanged`: what the note `feedback_id`
    was to change, and did not; a last segment of `-` is an item that was to be added.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    proposal_id: UUID
    missing: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    feedback_id: UUID | None = None


class Feedback(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    proposal_id: UUID
    text: str
    path: str | None = None
    created_at: datetime


class FormerName(BaseModel):
    """What somebody or something in a stage was called before: the item by its list and key; `alias`: which of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    key: str
    name: str
    alias: int | None = None


class FoundContradiction(BaseModel):
    """What a model found: `quote`, word for word in the confirmed `stage`, against `source_quote` in `source`.

    `path`, `source_path`: JSON pointers to the texts in which they stood. `proposed`: what would stand instead of
    `quote`, None where only the writer can tell. `why`: the model's words, `model`: its name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: GenesisStage
    path: str
    quote: str
    source: GenesisStage
    source_path: str
    source_quote: str
    proposed: str | None = None
    why: str = ""
    model: str = ""


class StageRecord(BaseModel):
    """All that was proposed, said and settled in one stage.

    `former`: names that what is confirmed had before, the oldest first. `dismissed`: ids of contradictions in this
    stage that the writer leaves as they are. `found`: what a model's last search found, where this stage would change;
    `search`: the id of that search.
    `incomplete`: what the newest proposals lack of which not all parts came, until their rest has come.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    proposals: tuple[Proposal, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    shortlist: tuple[UUID, ...] = ()
    confirmed: Content | None = None
    confirmed_proposal_id: UUID | None = None
    stale: bool = False
    locked_paths: tuple[str, ...] = ()
    lock_base: Content | None = None
    lock_source: UUID | None = None
    former: tuple[FormerName, ...] = ()
    dismissed: tuple[UUID, ...] = ()
    last_round: Round | None = None
    found: tuple[FoundContradiction, ...] = ()
    search: UUID | None = None
    incomplete: tuple[Incomplete, ...] = ()

    @property
    def status(self) -> StageStatus:
        if self.confirmed is not None:
            return StageStatus.STALE if self.stale else StageStatus.CONFIRMED
        return StageStatus.PROPOSED if self.proposals else StageStatus.EMPTY

    def proposal(self, proposal_id: UUID) -> Proposal | None:
        return next((proposal for proposal in self.proposals if proposal.id == proposal_id), None)

    def lacking(self, proposal_id: UUID | None) -> Incomplete | None:
        """What this proposal lacks; None when it lacks nothing, or its rest has come."""
        return next((one for one in self.incomplete if one.proposal_id == proposal_id), None)

    def lineage(self, proposal_id: UUID | None) -> tuple[Proposal, ...]:
        """The proposal with this id and all that it was made from, itself first."""
        known = {proposal.id: proposal for proposal in self.proposals}
        found: list[Proposal] = []
        while proposal_id is not None and (proposal := known.pop(proposal_id, None)) is not None:
            found.append(proposal)
            proposal_id = proposal.revision_of
        return tuple(found)

    def with_locks_kept(self, content: Content) -> Content:
        """`content` with every locked value put back. Locks are enforced here, not asked for in a prompt."""
        if self.lock_base is None:
            return content
        return overlay(content, self.lock_base, self.locked_paths)


def pointer_parts(path: str) -> tuple[str, ...]:
    """The segments of a JSON pointer (RFC 6901); a leading slash may be left out.

    A list segment is an index or, so that a lock survives a reordering, an item's id.
    """
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path.removeprefix("/").split("/"))


def find_key(node: JsonValue, part: str) -> str | int | None:
    """The key or index of `part` in `node`, or None."""
    if isinstance(node, dict):
        return part if part in node else None
    if isinstance(node, list):
        for index, item in enumerate(node):
            if isinstance(item, dict) and item.get("id") == part:
                return index
        if part.isascii() and part.isdigit() and int(part) < len(node):
            return int(part)
    return None


def locate(content: JsonValue, path: str) -> tuple[str | int, ...] | None:
    """`path` as keys and indexes of `content`; None when it leads nowhere."""
    node, found = content, list[str | int]()
    for part in pointer_parts(path):
        key = find_key(node, part)
        if key is None:
            return None
        node = cast(Any, node)[key]
        found.append(key)
    return tuple(found)


def resolve(content: Content, path: str) -> tuple[bool, JsonValue]:
    """(found, value) at `path`."""
    place = locate(content, path)
    node: Any = content
    for key in place or ():
        node = node[key]
    return place is not None, node if place is not None else None


def overlay(content: Content, base: Content, paths: tuple[str, ...]) -> Content:
    """`content` with the values at `paths` taken from `base`; what `content` lacks on the way is copied from `base`."""
    result: Content = copy.deepcopy(content)
    for path in paths:
        found, _ = resolve(base, path)
        if found:
            _copy_value(result, base, pointer_parts(path))
    return result


def _copy_value(target: Any, source: Any, parts: tuple[str, ...]) -> None:
    part, rest = parts[0], parts[1:]
    source_key = find_key(source, part)
    if source_key is None:
        return
    wanted = source[source_key]
    if isinstance(target, dict):
        if rest and type(target.get(part)) is type(wanted):
            _copy_value(target[part], wanted, rest)
        else:
            target[part] = copy.deepcopy(wanted)
    elif isinstance(target, list):
        name = wanted.get("id") if isinstance(wanted, dict) else None
        key = find_key(target, str(name)) if name is not None else find_key(target, part)
        if key is None:
            target.append(copy.deepcopy(wanted))
        elif rest and type(target[cast(Any, key)]) is type(wanted):
            _copy_value(target[cast(Any, key)], wanted, rest)
        else:
            target[cast(Any, key)] = copy.deepcopy(wanted)
