"""Answers where a session's confirmed stages contradict each other. Found when it is asked, from what is stored."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import Field, TypeAdapter

from domain.genesis.agreement import MOST_AT_ONCE, agreement
from domain.genesis.contradiction import Contradiction, Kind
from domain.genesis.proposals import FormerName, FoundContradiction
from domain.genesis.settled import Settled
from domain.genesis.stages import STAGE_BY_KEY, STAGES
from projections.genesis.views import View

_FORMER = TypeAdapter(tuple[FormerName, ...])
_FOUND = TypeAdapter(tuple[FoundContradiction, ...])
_IDS = TypeAdapter(frozenset[UUID])

# each stage's record is unpacked once (contents_sql.py)
QUERY = """
SELECT s.id, s.version, s.confirmed_data, (
    SELECT jsonb_object_agg(d.stage, jsonb_build_object(
        'former', d.record->'former', 'dismissed', d.record->'dismissed', 'locked_paths', d.record->'locked_paths',
        'found', d.record->'found', 'search', d.record->>'search'
    ))
    FROM (
        SELECT r.stage, r.record #> '{}' AS record FROM genesis_stage_records r WHERE r.session_id = s.id OFFSET 0
    ) d
) AS stages
FROM genesis_sessions s WHERE s.id = %(session_id)s AND s.user_id = %(user_id)s
"""


class RenameView(View):
    """`new` null: what was called so is gone, or is not there."""

    old: str
    new: str | None


class ContradictionView(View):
    """One place in a confirmed stage where another, `source_stage`, says otherwise. `path` is a JSON pointer.

    `sentence` is what stands there, `proposed` how it would read: accepted by the id with CORRECT_CONTRADICTIONS. Where
    it is null only the writer can tell. `unsure`: part of the text is left to the writer. `locked`: unlock it first.

    Of kind `found`: `found_by` is the model that found it, `said` its words, `search_id` the generation in which it was
    asked, and `source_sentence` what stands at `source_path` of `source_stage`, which may be the same stage. Both
    sentences are what is confirmed, not what a model says of it.
    """

    id: UUID
    kind: Kind
    stage: GenesisStage
    path: str
    source_stage: GenesisStage
    names: tuple[RenameView, ...]
    sentence: str
    proposed: str | None
    locked: bool
    unsure: bool
    why: Annotated[str, Field(description="A sentence for people.")]
    found_by: str | None = None
    said: str = ""
    source_path: str | None = None
    source_sentence: str | None = None
    search_id: UUID | None = None


class ContradictionList(View):
    """As of the session's `version`, stage by stage; `more` counts those that are found once these are settled.

    `dismissed`: what the writer left as it is and is still so; RESTORE_CONTRADICTIONS takes it back.
    """

    session_id: UUID
    version: int
    items: tuple[ContradictionView, ...]
    more: int
    dismissed: tuple[ContradictionView, ...] = ()


def contradiction_list(row: Mapping[str, Any]) -> ContradictionList:
    """The answer from one row of the query."""
    stored: Mapping[str, Any] = row["stages"] or {}
    confirmed: Mapping[str, Any] = row["confirmed_data"]
    found, dismissed = agreement(
        {stage.key: _settled(confirmed[stage.key], stored[stage.key]) for stage in STAGES if stage.key in confirmed}
    )
    return ContradictionList(
        session_id=row["id"],
        version=row["version"],
        items=tuple(_view(one) for one in found[:MOST_AT_ONCE]),
        more=max(0, len(found) - MOST_AT_ONCE),
        dismissed=tuple(_view(one) for one in dismissed[:MOST_AT_ONCE]),
    )


def _settled(content: dict[str, Any], record: Mapping[str, Any]) -> Settled:
    return Settled(
        content,
        _FORMER.validate_python(record["former"] or ()),
        _IDS.validate_python(record["dismissed"] or ()),
        tuple(record["locked_paths"] or ()),
        _FOUND.validate_python(record["found"] or ()),
        UUID(search) if (search := record["search"]) else None,
    )


def _view(one: Contradiction) -> ContradictionView:
    return ContradictionView(
        id=one.id,
        kind=one.kind,
        stage=one.stage,
        path=one.path,
        source_stage=one.source,
        names=tuple(RenameView(old=old, new=new) for old, new in one.names),
        sentence=one.sentence,
        proposed=one.proposed,
        locked=one.locked,
        unsure=one.unsure,
        why=_why(one),
        found_by=one.found_by,
        said=one.said,
        source_path=one.source_path,
        source_sentence=one.source_sentence,
        search_id=one.search_id,
    )


def _why(one: Contradiction) -> str:
    where = f"“{STAGE_BY_KEY[one.source].label}”"
    gone = ", ".join(f"“{old}”" for old, _ in one.names)
    changed = ", ".join(
        f"“{old}” is now “{new}”" if new else f"“{old}” is not there any more" for old, new in one.names
    )
    match one.kind:
        case "old_name" | "gone_name":
            return f"In {where} {changed}."
        case "ambiguous_name":
            return f"In {where} {changed}. Only a reader can tell whether it is the name, and in which form."
        case "missing_reference":
            return f"{gone} cannot be found in {where}."
        case "setting_year":
            return f"In {where} the year is {one.names[0][1]}."
        case "structure":
            return f"In {where} the structure is {one.names[0][1]}."
        case "found":
            there = f"Another place in {where}" if one.source is one.stage else where
            return f"{there} says otherwise, as {one.found_by or 'a model'} found: “{one.source_sentence}”"
        case "length":
            return f"In {where} {one.names[0][1]} words are planned."
