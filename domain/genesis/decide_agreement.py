"""Decides about contradictions: what the writer accepts is changed, what they dismiss is left until it is restored."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from genesis_types.enums import GenesisStage, Origin

from domain.aggregate import Command
from domain.genesis import rejections
from domain.genesis.agreement import agreement, contradictions
from domain.genesis.commands import CorrectContradictions, DismissContradictions, RestoreContradictions
from domain.genesis.contradiction import Contradiction
from domain.genesis.decide_content import edited_origin, validated
from domain.genesis.events import ContentCorrected, ContradictionsDismissed, ContradictionsRestored, Event
from domain.genesis.proposals import Proposal
from domain.genesis.session import Session
from domain.genesis.settled import settled, with_changes
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import Refused


def correct(command: Command, body: CorrectContradictions, state: Session, now: datetime) -> tuple[Event, ...]:
    """One correction for each stage that changes, and one more for what a model proposes: who wrote what stays known.

    Raises Refused when one is gone, locked, or nothing is proposed.
    """
    chosen = _chosen(body.contradiction_ids, state)
    for one in chosen:
        if one.proposed is None:
            raise Refused(rejections.NOTHING_PROPOSED, "Nothing is proposed for one of these: only you can tell.")
        if one.locked:
            raise Refused(rejections.LOCKED, "One of these texts is locked. Unlock it first, or leave it as it is.")
    events = list[Event]()
    for stage, own in _by_stage(chosen):
        record = state.stages[stage]
        assert record.confirmed is not None  # what is not confirmed contradicts nothing
        source = record.proposal(record.confirmed_proposal_id) if record.confirmed_proposal_id else None
        content, made = record.confirmed, len(record.proposals)
        for by_model in (False, True):
            part = [one for one in own if (one.found_by is not None) is by_model]
            if not part:
                continue
            made += 1
            source = Proposal(
                id=uuid5(command.command_id, f"{'found' if by_model else 'corrected'}:{stage}"),
                stage=stage,
                version=made,
                content=validated(stage, with_changes(content, part)),
                origin=Origin.AI_EDITED if by_model else edited_origin(source),
                revision_of=source.id if source else None,
                adjustments=tuple(f"{one.found_by}: {one.said}" for one in part if by_model),
                created_at=now,
            )
            content = source.content
            events.append(
                ContentCorrected(
                    occurred_at=now,
                    stage=stage,
                    proposal=source,
                    proposed_by=part[0].found_by or "",
                    search_id=part[0].search_id,
                )
            )
    return tuple(events)


def dismiss(body: DismissContradictions, state: Session, now: datetime) -> tuple[Event, ...]:
    """They are not shown again. Raises Refused when one is gone."""
    return tuple(
        ContradictionsDismissed(occurred_at=now, stage=stage, contradiction_ids=tuple(one.dismissed_as for one in own))
        for stage, own in _by_stage(_chosen(body.contradiction_ids, state))
    )


def restore(body: RestoreContradictions, state: Session, now: datetime) -> tuple[Event, ...]:
    """They are shown again. Raises Refused when one is not dismissed, or gone."""
    chosen = _named(body.contradiction_ids, agreement(settled(state.stages)).dismissed)
    return tuple(
        ContradictionsRestored(
            occurred_at=now,
            stage=stage,
            contradiction_ids=tuple(one for one in state.stages[stage].dismissed if any(one in of.ids for of in own)),
        )
        for stage, own in _by_stage(chosen)
    )


def _chosen(ids: tuple[UUID, ...], state: Session) -> list[Contradiction]:
    return _named(ids, contradictions(settled(state.stages)))


def _named(ids: tuple[UUID, ...], found: Iterable[Contradiction]) -> list[Contradiction]:
    by_id = {one.id: one for one in found}
    if not by_id.keys() >= set(ids):
        raise Refused(
            rejections.CONTRADICTION_GONE, "Some of this is no longer so. Nothing was changed; look at the list again."
        )
    return [by_id[one] for one in dict.fromkeys(ids)]


def _by_stage(chosen: list[Contradiction]) -> list[tuple[GenesisStage, list[Contradiction]]]:
    return [(stage, own) for stage in STAGE_ORDER if (own := [one for one in chosen if one.stage is stage])]
