"""Decides about searches for contradictions by a model: how one is asked for, and what of its outcome is true."""

from datetime import datetime

from genesis_types.text import clean

from domain.aggregate import Command
from domain.genesis.commands import RecordContradictions
from domain.genesis.decide_content import active_work
from domain.genesis.decide_work import requested
from domain.genesis.events import ContradictionsFound, GenerationRequested
from domain.genesis.found import FoundPair, proven
from domain.genesis.session import Session
from domain.genesis.settled import settled


def search(command: Command, state: Session, now: datetime) -> GenerationRequested:
    """Work for the writer's model, in which nothing is proposed."""
    return requested(command, state, now, state.current_stage, agreement=True)


def record_contradictions(body: RecordContradictions, state: Session, now: datetime) -> ContradictionsFound:
    """What is confirmed now decides what is true of it: a text that has changed meanwhile is quoted in vain."""
    work = active_work(body.correlation_id, state)
    contents = {stage: one.content for stage, one in settled(state.stages).items()}
    pairs = [FoundPair.model_validate(clean(one.model_dump())) for one in body.found]
    found, dropped = proven(pairs, contents, clean(body.model))
    return ContradictionsFound(
        occurred_at=now,
        correlation_id=work.correlation_id,
        stage=work.stage,
        searched=tuple(contents),
        found=found,
        dropped=dropped,
        writer=body.writer,
        model=body.model,
        prompt_version=body.prompt_version,
        usage=body.usage,
        cost_usd=body.cost_usd,
        price_source=body.price_source,
        notes=tuple(clean(body.notes)),
        asked=body.asked,
        note_codes=body.note_codes,
    )
