"""Makes the application: `create_app(settings)`, and what lives as long as it does; importing this builds nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from api import errors
from api.dependencies import Readers
from api.http import openapi
from api.http.middleware import Edge, trusted_hosts
from api.http.plain_route import PREFIX
from api.http.static_pages import BUILT, Pages
from api.routes import (
    access,
    account,
    analysts,
    analytics,
    archive,
    auth,
    backups,
    bible,
    chapter_reading,
    commands,
    contents,
    exports,
    genesis,
    health,
    imports,
    live,
    login_page,
    metrics,
    models,
    novels,
    project_commands,
    project_export,
    project_initiation,
    project_preflight,
    project_search,
    projects,
    proposals,
    reads,
    record,
    session_models,
    stream,
    tasks,
)
from api.streaming.hub import LONGEST, Streams
from api.streaming.revocation import expel
from infrastructure.adapters import make_presence_store
from infrastructure.bootstrap import Studio, studio
from infrastructure.concurrency.supervised import supervised
from infrastructure.coordination.presence import Presence
from infrastructure.doctor.readiness import Vitals
from infrastructure.exports.books.renderer import Renderer, programs_of
from infrastructure.exports.downloads import Downloads
from infrastructure.identity.listen_guard import others_can_reach
from infrastructure.imports.reader import BookReader
from infrastructure.observability.metrics import Metrics
from infrastructure.read_side.change_feed import ChangeFeed
from infrastructure.settings import Settings
from infrastructure.work.initiation_allowance import InitiationAllowance
from infrastructure.writers.chapter_prices import ChapterPrices
from infrastructure.writers.connections.catalogue import Discovery
from infrastructure.writers.connections.testing import Tester
from infrastructure.writers.estimates import Estimates
from infrastructure.writers.prompt_size import PromptSizes
from infrastructure.writers.stale_chapters import StaleChapters
from projections.analytics.queries import AnalyticsQueries
from projections.engine.min_version import PATIENCE, Waits
from projections.genesis.everyone import Everyone
from projections.project.concept_queries import ConceptQueries
from projections.project.contents_queries import ContentsQueries
from projections.project.prose import ProseQueries
from projections.project.queries import ProjectQueries

DATABASE_SECONDS = 3.0
"""What a request waits for a connection to the database, before it is told that there is none."""

MakeStudio = Callable[[Settings], AbstractAsyncContextManager[Studio]]


def make_studio(settings: Settings) -> AbstractAsyncContextManager[Studio]:
    return studio(settings, application_name="genesis-api", patience=DATABASE_SECONDS)


def create_app(
    settings: Settings,
    *,
    make: MakeStudio = make_studio,
    pages: Path = BUILT,
    longest_stream: float = LONGEST,
    patience: float = PATIENCE,
) -> FastAPI:
    """The application, not started. `make` builds the studio at start-up; the other limits are in seconds."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with make(settings) as made, AsyncExitStack() as stack:
            changes = ChangeFeed(made.pool, made.hints)
            presence = Presence(make_presence_store(settings, made.pool), made.hints, changes.attended)
            stack.push_async_callback(presence.close)
            background = await stack.enter_async_context(supervised())
            streams = Streams(made.queries, changes, made.clock, longest=longest_stream)
            app.state.readers = Readers(made.queries, changes, streams, presence, Waits(made.heads, changes, patience))
            app.state.metrics = measured = Metrics(made.pool)
            measured.watch_streams(streams.count)
            app.state.writing = commands.Writing(
                made.commands,
                commands.limits(settings.session_hours, settings.generation_deadline_seconds),
                made.limits.generation,
                InitiationAllowance(made.pool, made.limits, settings.initiations_at_once),
                measured,
            )
            app.state.credits, app.state.audit, app.state.reads = made.credits, made.audit, made.reads
            app.state.downloads, app.state.everyone = Downloads(made.pool, settings), Everyone(made.pool)
            app.state.projects, app.state.contents = ProjectQueries(made.pool), ContentsQueries(made.pool)
            app.state.concepts, app.state.prose = ConceptQueries(made.pool), ProseQueries(made.pool)
            app.state.stale_chapters = StaleChapters(made.pool)
            app.state.chapter_prices = ChapterPrices(settings, made.models, made.materials)
            app.state.renderer = renderer = Renderer(programs_of(settings.home))
            stack.callback(renderer.close)
            app.state.book_reader = book_reader = BookReader(renderer.programs)
            stack.callback(book_reader.close)
            app.state.archive = made.archive
            app.state.analytics = AnalyticsQueries(made.pool.connection)
            app.state.history, app.state.replay = made.history, made.replay
            app.state.past_contradictions = made.past_contradictions
            app.state.estimates = Estimates(made.pool, made.pricing, PromptSizes(settings, made.models).of)
            app.state.accounts, app.state.users, app.state.limits = made.accounts, made.users, made.limits
            app.state.models = models.Models(
                settings,
                made.models,
                Tester(made.models, settings, made.clock),
                Discovery(),
                reachable=await asyncio.to_thread(others_can_reach, settings),
            )
            changes.start(background)
            presence.start(background)
            background.start("revocation", lambda: expel(made.accounts, streams, made.hints))
            app.state.vitals = Vitals(made.pool, made.hints, background.down)
            yield
            streams.close()

    app = FastAPI(
        title="Genesis Studio",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # ours are in infrastructure/observability
        generate_unique_id_function=_operation_id,
    )
    app.state.settings = settings
    app.router.routes.extend(_routes().routes)
    app.router.default = Pages(pages)
    errors.install(app)
    hosts = trusted_hosts(settings)
    app.add_middleware(Edge, hosts=hosts)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


@cache
def _routes() -> APIRouter:
    """Every route. They depend on no setting, so all applications of a process share them: FastAPI works out what each
    takes and answers when it is first asked, which is 0.1 s of a processor."""
    router = APIRouter(redirect_slashes=False, generate_unique_id_function=_operation_id)
    # one level, the busiest first: each router on the way to a route costs a request as much as finding the route
    commands.add_route(router, PREFIX)
    project_commands.add_routes(router, PREFIX)
    for routes in (
        genesis,
        proposals,
        record,
        stream,
        live,
        tasks,
        auth,
        access,
        account,
        archive,
        reads,
        backups,
        bible,
        project_export,
        project_preflight,
        exports,
        analysts,
        analytics,
        models,
        session_models,
    ):
        router.include_router(routes.router, prefix=PREFIX)
    router.include_router(novels.router, prefix=f"{PREFIX}/novels")
    router.include_router(project_initiation.router, prefix=PREFIX)
    router.include_router(imports.router, prefix=PREFIX)
    router.include_router(projects.router, prefix=f"{PREFIX}/projects")
    router.include_router(contents.router, prefix=f"{PREFIX}/projects")
    router.include_router(chapter_reading.router, prefix=f"{PREFIX}/projects")
    router.include_router(project_search.router, prefix=f"{PREFIX}/projects")
    router.include_router(login_page.router)
    router.include_router(health.router)
    router.include_router(metrics.router)
    return router


def _operation_id(route: APIRoute) -> str:
    return route.name
