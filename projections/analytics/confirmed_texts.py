"""One row per session and stage for analytics: what is confirmed, measured against what was proposed.

The row keeps the prose of the proposals that an AI made, since any of them may still be confirmed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, cast
from uuid import UUID

from genesis_types.enums import GenesisStage, Origin
from pydantic import Field, SkipValidation

from domain.aggregate import DomainEvent
from domain.genesis.events import ContentCorrected, ContentEdited, GenesisBranched, ProposalsRecorded, StageConfirmed
from domain.genesis.proposals import Content, Proposal
from projections.analytics.prose import Prose, characters, distance, prose, words
from projections.engine.projection import ApplyValues, Key, Row, StoredEvent


class AnalyticsTextRow(Row):
    """`made_from`: proposal -> the AI's proposal that it goes back to, itself perhaps; None: all the writer's own.

    accepted_ids: the AI's proposals that were ever confirmed here, or edited versions of them. Of what is confirmed
    now: `proposal_id` (the AI's, None: the writer's own text, so that there is no distance), characters, words.
    """

    session_id: UUID
    stage: GenesisStage
    made_from: Annotated[dict[str, str | None], SkipValidation] = Field(default_factory=dict)
    texts: Annotated[dict[str, Prose], SkipValidation] = Field(default_factory=dict)
    accepted_ids: Annotated[list[str], SkipValidation] = Field(default_factory=list)
    proposal_id: UUID | None = None
    proposed_characters: int | None = None
    confirmed_characters: int | None = None
    confirmed_words: int | None = None
    distance: int | None = None


TEXT_EVENTS: frozenset[type[DomainEvent]] = frozenset(
    (ProposalsRecorded, ContentEdited, ContentCorrected, StageConfirmed, GenesisBranched)
)


def text_keys(stored: StoredEvent) -> Sequence[Key]:
    event = stored.event
    match event:
        case ProposalsRecorded() | ContentEdited() | ContentCorrected() | StageConfirmed():
            return ((stored.stream_id, event.stage),)
        case GenesisBranched():
            return [(stored.stream_id, stage) for stage, record in event.stages.items() if record.proposals]
        case _:
            return ()


_MEASURED = ("proposal_id", "proposed_characters", "confirmed_characters", "confirmed_words", "distance")


def _values(before: Mapping[str, Any] | None, events: Sequence[StoredEvent], key: Key) -> dict[str, Any]:
    """The row's values after several events."""
    stage = GenesisStage(key[1])
    if before is None:
        new: dict[str, Any] = {"session_id": key[0], "stage": stage, "made_from": {}, "texts": {}, "accepted_ids": []}
        facts = new | dict.fromkeys(_MEASURED)
    else:
        facts = {**before, "made_from": dict(before["made_from"]), "texts": dict(before["texts"])}
    for stored in events:
        event = stored.event
        match event:
            case ProposalsRecorded():
                _propose(facts, event.proposals)
            case GenesisBranched():
                _propose(facts, event.stages[stage].proposals)
            case ContentEdited():
                _propose(facts, (event.proposal,))
            case ContentCorrected():
                _propose(facts, (event.proposal,))
                _confirm(facts, event.proposal.id, event.proposal.content)
            case StageConfirmed():
                _confirm(facts, event.proposal_id, event.content)
    return facts


apply_texts = ApplyValues(AnalyticsTextRow, _values)


def _propose(facts: dict[str, Any], proposals: Iterable[Proposal]) -> None:
    made_from: dict[str, str | None] = facts["made_from"]
    for proposal in proposals:
        name = str(proposal.id)
        if proposal.origin is Origin.AI:
            made_from[name] = name
            facts["texts"][name] = prose(cast(Any, proposal.content))
        else:
            made_from[name] = made_from.get(str(proposal.revision_of))


def _confirm(facts: dict[str, Any], proposal_id: UUID | None, content: Content) -> None:
    source = facts["made_from"].get(str(proposal_id))
    after = prose(cast(Any, content))
    before: Prose | None = facts["texts"][source] if source is not None else None
    facts["accepted_ids"] = sorted({*facts["accepted_ids"], *([source] if source else [])})
    facts |= {
        "proposal_id": UUID(source) if source else None,
        "proposed_characters": None if before is None else characters(before),
        "confirmed_characters": characters(after),
        "confirmed_words": words(after),
        "distance": None if before is None else distance(before, after),
    }
