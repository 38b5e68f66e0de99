"""Gives a flow its services: the executor hands them over in a context variable; a run's parameters are ids only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from application.chapter_material import Materials
from application.chapter_writers import ChapterWriter
from application.contents_request import ContentsMaterials
from application.contents_writers import ContentsWriter
from application.handle_command import CommandHandler
from application.idea_writers import IdeaWriter
from application.ports import Clock, EventStore
from application.wakeups import Hints
from application.writers import Writer
from flows.prefect_server.client import Runs, prefect_runs
from flows.wait.handles import Handles
from flows.wait.resume import Resumer
from flows.workflow.lease_guard import LeaseGuard
from infrastructure.bootstrap import NotConfigured, Studio, studio
from infrastructure.settings import Settings
from infrastructure.work.sent_parts import SentParts
from infrastructure.work.task_store import Tasks
from infrastructure.writers.muse.writer import Muse

if TYPE_CHECKING:
    from infrastructure.writers.connections.paying import Paid


@dataclass(frozen=True, slots=True)
class Services:
    """`owner` names the execution in the leases of its tasks, `lease_guard` stops it when that lease is lost.

    `writer` is the configured one, `muse` the one that a command may ask for instead; `chapters` and `ideas` know both.
    """

    owner: str
    store: EventStore
    commands: CommandHandler
    clock: Clock
    hints: Hints
    tasks: Tasks
    handles: Handles
    resumer: Resumer
    writer: Writer
    muse: Writer
    chapters: ChapterWriter
    ideas: IdeaWriter
    materials: Materials
    contents: ContentsWriter
    contents_materials: ContentsMaterials
    sent: SentParts
    wait_timeout_seconds: int
    lease_guard: LeaseGuard
    retry_seconds: float = 1.0
    """The pause before the first retry of a writer; each further one is twice as long."""
    step_seconds: float = 60.0
    """How long one step of an initiation may take."""

    def owned_by(self, owner: str, lease_guard: LeaseGuard) -> "Services":
        return replace(self, owner=owner, lease_guard=lease_guard)


@dataclass(frozen=True, slots=True)
class Writers:
    """Who writes what, each behind its port."""

    proposals: Writer
    chapters: ChapterWriter
    contents: ContentsWriter
    ideas: IdeaWriter


def build_services(studio: Studio, runs: Runs, writers: Writers) -> Services:
    handles = Handles(studio.pool)
    return Services(
        owner=str(uuid4()),
        store=studio.store,
        commands=studio.commands,
        clock=studio.clock,
        hints=studio.hints,
        tasks=Tasks(studio.pool, model=studio.settings.model),
        handles=handles,
        resumer=Resumer(handles, runs, studio.hints),
        writer=writers.proposals,
        muse=Muse(pace_seconds=studio.settings.muse_pace_seconds),
        chapters=writers.chapters,
        ideas=writers.ideas,
        materials=studio.materials,
        contents=writers.contents,
        contents_materials=studio.contents_materials,
        sent=SentParts(studio.pool),
        wait_timeout_seconds=studio.settings.wait_timeout_seconds,
        lease_guard=LeaseGuard(),
        step_seconds=studio.settings.step_seconds,
    )


def prefect_url(settings: Settings) -> str:
    """Raises NotConfigured."""
    if settings.prefect_api_url is None:
        raise NotConfigured("No Prefect server: set PREFECT_API_URL, or let `make run` start one.")
    return settings.prefect_api_url


def configured_writer(studio: Studio) -> Writer:
    """Whatever a session's writer has chosen: the muse, or a model."""
    from infrastructure.writers.factory import make_writer  # noqa: PLC0415  (callbacks writes nothing)

    return make_writer(studio.settings, studio.models, _paid(studio))


def configured_chapter_writer(studio: Studio) -> ChapterWriter:
    """The muse, or whatever model an author has set up."""
    from infrastructure.writers.chapter_factory import make_chapter_writer  # noqa: PLC0415  (as above)

    return make_chapter_writer(studio.settings, studio.models, _paid(studio))


def configured_contents_writer(studio: Studio) -> ContentsWriter:
    """The muse, or whatever model an author has set up."""
    from infrastructure.writers.contents_factory import make_contents_writer  # noqa: PLC0415  (as above)

    return make_contents_writer(studio.settings, studio.models, _paid(studio))


def configured_idea_writer(studio: Studio) -> IdeaWriter:
    """The muse, or whatever model an author has set up."""
    from infrastructure.writers.idea_factory import make_idea_writer  # noqa: PLC0415  (as above)

    return make_idea_writer(studio.settings, studio.models, _paid(studio))


def configured_writers(studio: Studio) -> Writers:
    return Writers(
        proposals=configured_writer(studio),
        chapters=configured_chapter_writer(studio),
        contents=configured_contents_writer(studio),
        ideas=configured_idea_writer(studio),
    )


def _paid(studio: Studio) -> "Paid | None":
    from infrastructure.writers.connections.paying import Paid, reserved_in  # noqa: PLC0415  (as above)

    return Paid(studio.pricing, reserved_in(studio.store)) if studio.pricing is not None else None


SERVICES: ContextVar[Services] = ContextVar("genesis_services")


@asynccontextmanager
async def services() -> AsyncIterator[Services]:
    """Those that the executor has handed over; in a process of Prefect's own worker, built from the environment."""
    handed_over = SERVICES.get(None)
    if handed_over is not None:
        yield handed_over
        return
    settings = Settings()
    async with studio(settings, application_name="genesis-flow") as built, prefect_runs(prefect_url(settings)) as runs:
        yield build_services(built, runs, configured_writers(built))
