"""One row per session and stage for analytics: what is confirmed, measured against what was proposed.

The row keeps the prose of the proposals that an AI made, since any of them may still be confirmed.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, cast
from uuid import UUID

from genesis_types.enums import GenesisStage, Origin
from pydantic import Field, SkipValidation

from domain.genesis.events import ContentCorrected, ContentEdited, GenesisBranched, ProposalsRecorded, StageConfirmed
from domain.genesis.proposals import Content, Proposal
from projections.analytics.prose import Prose, characters, distance, prose, words
from projections.engine.projection import Key, Row, StoredEvent


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


def text_keys(stored: StoredEvent) -> Sequence[Key]:
    event = stored.event
    match event:
        case ProposalsRecorded() | ContentEdited() | ContentCorrected() | StageConfirmed():
            return ((stored.stream_id, event.stage),)
        case GenesisBranched():
            return [(stored.stream_id, stage) for stage, record in event.stages.items() if record.proposals]
        case _:
            return ()


def apply_texts(row: AnalyticsTextRow | None, stored: StoredEvent, key: Key) -> AnalyticsTextRow:
    event, stage = stored.event, GenesisStage(key[1])
    row = row or AnalyticsTextRow(session_id=key[0], stage=stage)
    match event:
        case ProposalsRecorded():
            return _with(row, event.proposals)
        case GenesisBranched():
            return _with(row, event.stages[stage].proposals)
        case ContentEdited():
            return _with(row, (event.proposal,))
        case ContentCorrected():
            return _confirmed(_with(row, (event.proposal,)), event.proposal.id, event.proposal.content)
        case StageConfirmed():
            return _confirmed(row, event.proposal_id, event.content)
        case _:
            return row


def _with(row: AnalyticsTextRow, proposals: Iterable[Proposal]) -> AnalyticsTextRow:
    made_from, texts = dict(row.made_from), dict(row.texts)
    for proposal in proposals:
        name = str(proposal.id)
        if proposal.origin is Origin.AI:
            made_from[name] = name
            texts[name] = prose(cast(Any, proposal.content))
        else:
            made_from[name] = made_from.get(str(proposal.revision_of))
    return row.model_copy(update={"made_from": made_from, "texts": texts})


def _confirmed(row: AnalyticsTextRow, proposal_id: UUID | None, content: Content) -> AnalyticsTextRow:
    source = row.made_from.get(str(proposal_id))
    after = prose(cast(Any, content))
    before = row.texts[source] if source is not None else None
    return row.model_copy(
        update={
            "accepted_ids": sorted({*row.accepted_ids, *([source] if source else [])}),
            "proposal_id": UUID(source) if source else None,
            "proposed_characters": None if before is None else characters(before),
            "confirmed_characters": characters(after),
            "confirmed_words": words(after),
            "distance": None if before is None else distance(before, after),
        }
    )
