"""Joins credits to generations: what the facts of work reserve, charge and release on an account.

A policy of the command handler: the commands that it adds are decided and written with the stream's own events, or
nothing is written.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Literal, Protocol
from uuid import UUID, uuid5

from pydantic import JsonValue

from application.chapter_material import Material, Materials
from application.chapter_request import chapter_request
from application.chapter_writers import ChapterRequest
from application.contents_request import ContentsMaterials, contents_request
from application.contents_writers import ContentsRequest
from application.idea_writers import IdeaRequest, idea_request
from application.writer_request import writer_request
from application.writers import WriterRequest
from domain.account.account import account_id
from domain.account.commands import ReserveCredits, ReturnReservation, SettleReservation
from domain.aggregate import Aggregate, Body, Command, DomainEvent
from domain.chapter.chapter import Chapter
from domain.chapter.draft_events import ChapterDraftRequested, RewriteRequested
from domain.genesis.events import (
    ContradictionsFound,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    ProposalsRecorded,
)
from domain.genesis.session import Session
from domain.project.contents_events import ContentsRequested
from domain.project.initiation_events import InitiationResumed, ProjectInitiated
from domain.project.project import Project
from domain.rejections import NotFound
from domain.work import EndOfWork, WorkCancelled, WorkCompleted, Worked, WorkFailed, WorkRequested

_LOOKS, _LOOK_AGAIN_SECONDS = 50, 0.1
"""A read side that is later than that is priced by what it knows."""

GRACE = timedelta(hours=1)
"""A reservation outlives its work's deadline, so that the outcome which the deadline brings still finds it."""


class Pricing(Protocol):
    """What generations cost, in the smallest unit of an account, rounded up."""

    async def estimate(self, request: WriterRequest) -> int:
        """The most that this request can cost, all attempts included. 0: it is free. Raises Refused."""

    async def estimate_chapter(self, request: ChapterRequest) -> int:
        """The same of a chapter's draft, of those scenes that are not kept."""

    async def estimate_contents(self, request: ContentsRequest) -> int:
        """The same of a range of chapters of the contents, of those that are not kept."""

    async def estimate_ideas(self, request: IdeaRequest) -> int:
        """The same of the steps from a keyword to a book that are left."""

    def charge(self, usage: Mapping[str, JsonValue], cost_usd: float | None, model: str) -> int | None:
        """What was used. None: nobody knows, which is not nothing."""


Estimate = Callable[[Any, Any], Awaitable[int]]
"""(state, request) -> the most that work of one kind can cost, priced by what its writer would be told."""

Estimates = Mapping[type[WorkRequested], Estimate]


def chapter_estimate(pricing: Pricing, materials: Materials) -> Estimate:
    async def estimate(chapter: Chapter, work: ChapterDraftRequested) -> int:
        material = await _known(materials, chapter, work)
        if material is None:
            raise NotFound("chapter")
        return await pricing.estimate_chapter(chapter_request(material, chapter, work))

    return estimate


def ideas_estimate(pricing: Pricing) -> Estimate:
    async def estimate(project: Project, _work: WorkRequested) -> int:
        assert project.initiation is not None, "the work is an initiation's"
        return await pricing.estimate_ideas(idea_request(project.initiation, project.project_id, project.user_id))

    return estimate


async def _known(materials: Materials, chapter: Chapter, work: ChapterDraftRequested) -> Material | None:
    """What is recorded of the book, with what the request was decided on: a chapter may have been added just now."""
    for _ in range(_LOOKS):
        material = await materials.of(chapter.project_id, chapter.chapter_id, chapter.user_id)
        if material is not None and material.project_version >= work.project_version:
            break
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return material


def contents_estimate(pricing: Pricing, materials: ContentsMaterials) -> Estimate:
    async def estimate(project: Project, work: ContentsRequested) -> int:
        for _ in range(_LOOKS):  # until what the request was decided on can be read
            material = await materials.contents(project.project_id, project.user_id)
            if material is not None and material.version >= work.project_version:
                break
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        if material is None:
            raise NotFound("project")
        return await pricing.estimate_contents(contents_request(material, project, work))

    return estimate


class CreditPolicy:
    """Reserves the worst case when a generation is asked for, charges what its outcome used, releases it when it
    fails or is stopped. The reservation's id is the generation's correlation id.

    Of work in pieces that fails or is stopped, the pieces that came are charged, for they are kept.
    `estimates`: of each kind of such work; none where there is none.
    """

    def __init__(self, pricing: Pricing, estimates: Estimates | None = None) -> None:
        self._pricing = pricing
        self._estimates = estimates or {}

    async def __call__(
        self,
        command: Command,
        aggregate: Aggregate,  # noqa: ARG002  (what a policy is given)
        before: Any,  # noqa: ARG002
        after: Any,
        events: tuple[DomainEvent, ...],
    ) -> tuple[Command, ...]:
        if isinstance(after, Session):
            bodies = self._bodies(after, events)
        else:
            bodies = self._of_pieces(command.stream_id, after, events)
        return tuple(
            [
                Command(uuid5(correlation_id, body.command_type), account_id(after.user_id), None, body)
                async for correlation_id, body in bodies
            ]
        )

    async def _of_pieces(
        self, stream_id: UUID, after: Worked, events: tuple[DomainEvent, ...]
    ) -> AsyncIterator[tuple[UUID, Body]]:
        for event in events:
            match event:
                case WorkRequested():
                    amount = await self._estimates[type(event)](after, event)
                    if amount:
                        yield event.correlation_id, _reserve(stream_id, event, amount)
                case WorkCompleted() | WorkFailed() | WorkCancelled():
                    yield event.correlation_id, self._settled(after, event)
                case _:
                    continue

    def _settled(self, after: Worked, event: EndOfWork) -> SettleReservation | ReturnReservation:
        """All pieces of this request together, and what its end has used where it came to one."""
        model = event.model if isinstance(event, WorkCompleted) else ""
        parts = [
            self._pricing.charge(piece.usage, piece.cost_usd, model)
            for piece in after.pieces(event.correlation_id)
            if piece.usage or piece.cost_usd
        ]
        if isinstance(event, WorkCompleted):
            parts.append(self._pricing.charge(event.usage, event.cost_usd, model))
        elif not parts:
            reason: Literal["failed", "cancelled"] = "failed" if isinstance(event, WorkFailed) else "cancelled"
            return ReturnReservation(reservation_id=event.correlation_id, reason=reason)
        known = [part for part in parts if part is not None]
        used = sum(known) if len(known) == len(parts) else None
        return SettleReservation(reservation_id=event.correlation_id, used=used)

    async def _bodies(self, session: Session, events: tuple[DomainEvent, ...]) -> AsyncIterator[tuple[UUID, Body]]:
        for event in events:
            match event:
                case GenerationRequested():
                    amount = await self._pricing.estimate(writer_request(session, event))
                    if amount:
                        yield event.correlation_id, _reserve(session.session_id, event, amount)
                case ProposalsRecorded() | ContradictionsFound():
                    used = self._pricing.charge(event.usage, event.cost_usd, event.model)
                    yield (
                        event.correlation_id,
                        SettleReservation(reservation_id=event.correlation_id, used=used),
                    )
                case GenerationFailed():
                    yield (
                        event.correlation_id,
                        ReturnReservation(reservation_id=event.correlation_id, reason="failed"),
                    )
                case GenerationCancelled():
                    yield (
                        event.correlation_id,
                        ReturnReservation(reservation_id=event.correlation_id, reason="cancelled"),
                    )
                case _:
                    continue


def credit_policy(pricing: Pricing, materials: Materials, contents: ContentsMaterials) -> CreditPolicy:
    """With the estimate of every kind of work in pieces."""
    ideas = ideas_estimate(pricing)
    chapters = chapter_estimate(pricing, materials)
    estimates: Estimates = {
        ChapterDraftRequested: chapters,
        RewriteRequested: chapters,
        ContentsRequested: contents_estimate(pricing, contents),
        ProjectInitiated: ideas,
        InitiationResumed: ideas,
    }
    return CreditPolicy(pricing, estimates)


def _reserve(subject_id: UUID, work: GenerationRequested | WorkRequested, amount: int) -> ReserveCredits:
    return ReserveCredits(
        reservation_id=work.correlation_id,
        amount=amount,
        deadline_at=work.deadline_at + GRACE,
        subject_id=subject_id,
    )
