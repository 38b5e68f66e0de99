"""The composition root: what a process works with, built once from its settings. Imports no workflow, AI or bus."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from application.audit import Audit
from application.branches import RecordedBranch
from application.credits import credit_policy
from application.handle_command import CommandHandler
from application.imported_chapters import ImportedChapters
from application.model_needed import ModelNeeded
from application.ports import Clock, EventStore
from application.replay import Replay
from application.wakeups import Hints
from infrastructure.adapters import make_hints, make_limits
from infrastructure.coordination.rate_limits import RateLimits
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.event_store.stream_history import StreamHistory
from infrastructure.identity.authentication import Authentication
from infrastructure.identity.passwords import Passwords
from infrastructure.identity.users import Users
from infrastructure.postgres.pool import Pool, make_pool, opened
from infrastructure.read_side.schemas import prepare
from infrastructure.secret_box import SecretBox
from infrastructure.settings import Settings
from infrastructure.work.archiving import SessionArchive
from infrastructure.writers.chapter_material import ChapterMaterials
from infrastructure.writers.connections.at_hand import ModelAtHand
from infrastructure.writers.connections.paying import LinePricing
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.contents_material import ContentsOfProjects
from projections.account.queries import CreditQueries
from projections.audit.queries import AuditQueries
from projections.engine.projection import StoredEvent
from projections.engine.stream_heads import StreamHeads
from projections.genesis.contradictions import ContradictionList
from projections.genesis.queries import Queries
from projections.genesis.replay import replayed_contradictions, replayed_state
from projections.genesis.session import SESSION_TYPE
from projections.genesis.views import SessionState
from projections.registry import VERSIONS


class NotConfigured(Exception):
    """Something that a process needs was not given to it."""


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything that use cases and readers are given."""

    settings: Settings
    pool: Pool
    store: EventStore
    commands: CommandHandler
    audit: Audit
    reads: AuditQueries
    hints: Hints
    clock: Clock
    accounts: Authentication
    queries: Queries
    heads: StreamHeads
    history: StreamHistory
    replay: Replay[StoredEvent, SessionState]
    past_contradictions: Replay[StoredEvent, ContradictionList]
    limits: RateLimits
    users: Users
    models: ModelConnections
    credits: CreditQueries
    archive: SessionArchive
    materials: ChapterMaterials
    contents_materials: ContentsOfProjects
    pricing: LinePricing | None
    """None: credits are off."""


def make_secret_box(settings: Settings) -> SecretBox:
    return SecretBox(settings.home, settings.secret_key.get_secret_value() if settings.secret_key else None)


def utc_now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def studio(
    settings: Settings, *, application_name: str = "genesis", pool_size: int = 10, patience: float = 10
) -> AsyncIterator[Studio]:
    """The studio of this process, open until the context ends.

    `application_name` is what the database shows; `pool_size` the most connections that this process takes;
    `patience` the seconds that a task waits for one of them.
    Raises OperatorError when credits are on and nobody knows what the model costs,
    NotConfigured without a database URL, psycopg_pool.PoolTimeout when the server does not answer.
    """
    if settings.database_url is None:
        raise NotConfigured("No database: set GENESIS_DATABASE_URL, or let `make run` start one.")
    async with AsyncExitStack() as stack:
        url = settings.database_url.get_secret_value()
        pool = make_pool(url, application_name, max_size=pool_size, patience=patience)
        hints = make_hints(settings)
        stack.push_async_callback(hints.close)
        limits = make_limits(settings, pool)
        stack.push_async_callback(limits.close)
        await stack.enter_async_context(opened(pool))
        await prepare(pool)
        accounts = Authentication(pool, utc_now, hints)
        store = PostgresEventStore(pool, settings.kafka_topic)
        history = StreamHistory(pool.connection, SESSION_TYPE)
        models = ModelConnections(pool, make_secret_box(settings))
        materials, contents_materials = ChapterMaterials(pool), ContentsOfProjects(pool)
        pricing = LinePricing(settings, models) if settings.credits else None
        credits = (credit_policy(pricing, materials, contents_materials),) if pricing else ()
        policies = (RecordedBranch(), ImportedChapters(), ModelNeeded(ModelAtHand(settings, models)), *credits)
        commands = CommandHandler(store, utc_now, hints, policies)
        yield Studio(
            settings=settings,
            pool=pool,
            store=store,
            commands=commands,
            audit=Audit(commands, utc_now),
            reads=AuditQueries(pool),
            materials=materials,
            contents_materials=contents_materials,
            pricing=pricing,
            credits=CreditQueries(pool, utc_now, enabled=settings.credits),
            hints=hints,
            clock=utc_now,
            accounts=accounts,
            queries=Queries(pool, utc_now),
            heads=StreamHeads(pool, VERSIONS),
            history=history,
            replay=Replay(history, replayed_state, utc_now),
            past_contradictions=Replay(history, replayed_contradictions, utc_now),
            limits=limits,
            users=Users(pool, accounts, Passwords(), utc_now),
            models=models,
            archive=SessionArchive(pool),
        )
