"""Requests to writers, and what comes of them, in plain values."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from genesis_types.enums import CommandType, GenesisStage, Origin

from application.writers import Draft, PartsCame, Proposed, Writer, WriterRequest
from domain.genesis.events import GenerationRequested
from domain.genesis.premise import Premise
from domain.genesis.proposals import Content, Feedback, Proposal, StageRecord
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.muse.proposing import propose

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SESSION = UUID(int=7)


def request(  # one builder for every test
    stage: GenesisStage = GenesisStage.CONCEPT_SELECTION,
    seed: str = "a lighthouse keeper who collects lost voices",
    *,
    language: str = "en",
    genre: str = "",
    audience: str = "",
    title: str = "",
    count: int | None = None,
    confirmed: dict[GenesisStage, Content] | None = None,
    record: StageRecord | None = None,
    target: Proposal | None = None,
    said: str = "",
    path: str | None = None,
    earlier: tuple[tuple[GenesisStage, Feedback], ...] = (),
    instructions: str = "",
    session: UUID = SESSION,
) -> WriterRequest:
    """A request; `said` is the feedback on `target` that the refinement answers."""
    feedback = tuple(earlier)
    feedback_id = None
    if target is not None:
        feedback_id = uuid5(target.id, said)
        feedback += ((stage, Feedback(id=feedback_id, proposal_id=target.id, text=said, path=path, created_at=NOW)),)
    data = STAGE_BY_KEY[stage]
    work = GenerationRequested(
        occurred_at=NOW,
        correlation_id=UUID(int=1),
        command_id=UUID(int=2),
        command_type=CommandType.GENERATE_INSPIRATION,
        stage=stage,
        kind="refinement" if target else "inspiration",
        count=1 if target else (count or data.default_count),
        instructions=instructions,
        proposal_id=target.id if target else None,
        feedback_id=feedback_id,
        turn=1,
        deadline_at=NOW,
    )
    return WriterRequest(
        work=work,
        premise=Premise(language=language, seed=seed, genre=genre, audience=audience, title=title),
        confirmed=confirmed or {},
        record=record or StageRecord(),
        target=target,
        feedback=feedback,
        session_id=session,
    )


def proposal(stage: GenesisStage, content: Content, version: int = 1, revision_of: UUID | None = None) -> Proposal:
    return Proposal(
        id=UUID(int=1000 + version),
        stage=stage,
        version=version,
        content=content,
        origin=Origin.AI,
        revision_of=revision_of,
        created_at=NOW,
    )


async def written(writer: Writer, asked: WriterRequest) -> tuple[list[Draft], Proposed]:
    """All drafts, and the one Proposed that ends them; parts that could be kept on the way are left off."""
    items = [item async for item in writer.write(asked) if not isinstance(item, PartsCame)]
    end = items[-1]
    assert isinstance(end, Proposed)
    drafts = [item for item in items[:-1] if isinstance(item, Draft)]
    assert len(drafts) == len(items) - 1
    return drafts, end


async def genesis(seed: str, language: str = "en", **more: Any) -> dict[GenesisStage, Content]:
    """One content for every stage, each built on the ones before it."""
    confirmed: dict[GenesisStage, Content] = {}
    for stage in STAGE_BY_KEY:
        asked = request(stage, seed, language=language, confirmed=dict(confirmed), count=1, **more)
        confirmed[stage] = propose(asked)[0][0]
    return confirmed
