"""Tells of each step that a writer took who it was and what it was asked: as the outcome of its generation says."""

from domain.genesis.asked import Asked
from domain.genesis.events import ContentCorrected, ProposalsRecorded
from projections.genesis.provenance.trail import Step
from projections.genesis.provenance.views import AttemptFacts, GenerationFacts, RequestFacts


def proposed(step: Step, event: ProposalsRecorded) -> GenerationFacts:
    asked, said = step.request, step.feedback
    return GenerationFacts(
        correlation_id=event.correlation_id,
        writer=event.writer,
        model=event.model,
        prompt_version=event.prompt_version,
        usage=event.usage,
        cost_usd=event.cost_usd,
        price_source=event.price_source,
        proposals=len(event.proposals),
        request=RequestFacts(
            kind="refinement" if asked.kind == "refinement" else "inspiration",
            count=asked.count,
            instructions=asked.instructions,
            feedback=said.text if said is not None else None,
            path=said.path if said is not None else None,
        )
        if asked is not None
        else None,
        attempts=_attempts(event.asked),
    )


def corrected(step: Step, event: ContentCorrected) -> GenerationFacts:
    """The search in which a model proposed the change; where its event is not at hand, what the change says of it."""
    search = step.search
    return GenerationFacts(
        correlation_id=event.search_id,
        writer=search.writer if search else "model",
        model=event.proposed_by,
        prompt_version=search.prompt_version if search else "",
        usage=search.usage if search else {},
        cost_usd=search.cost_usd if search else None,
        price_source=search.price_source if search else None,
        proposals=1,
        request=None,
        attempts=_attempts(search.asked if search else None),
    )


def _attempts(asked: Asked | None) -> tuple[AttemptFacts, ...]:
    return tuple(
        AttemptFacts(
            number=one.number,
            cause=one.cause,
            parameters=one.parameters,
            parts={part.name: part.hash for part in one.parts},
        )
        for one in (asked.attempts if asked is not None else ())
    )
