"""Folds any stream, of any aggregate, at any version through the `eventsourcing` library, for the command line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, cast
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import InfrastructureFactory, Mapper, StoredEvent
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment, EnvType
from psycopg.conninfo import conninfo_to_dict

from application.replay import LogDamaged
from domain.aggregate import Aggregate, DomainEvent
from domain.aggregates import AGGREGATES
from infrastructure.event_store.codec import CODEC, UnreadableEvent, canonical, read_json
from infrastructure.event_store.eventsourcing_recorder import GenesisAggregateRecorder, GenesisRecorder, pack
from infrastructure.postgres.pool import connection_options


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its place: what the library calls a domain event."""

    originator_id: str
    originator_version: int
    event: DomainEvent


@dataclass(frozen=True, slots=True)
class StreamState:
    """A stream's state after `state.version` events."""

    aggregate: Aggregate
    stream_id: UUID
    state: Any


class GenesisMapper(Mapper[str]):
    """The library's mapper stores module paths and skips validation: this one speaks the store's codec."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        encoded = CODEC.encode(domain_event.event)
        return StoredEvent(
            domain_event.originator_id, domain_event.originator_version, encoded.event_type, pack(encoded)
        )

    def to_domain_event(self, stored_event: StoredEvent) -> LoggedEvent:
        state = read_json(stored_event.state)
        event = CODEC.decode(stored_event.topic, state["version"], canonical(state["payload"]))
        return LoggedEvent(str(stored_event.originator_id), stored_event.originator_version, event)


class GenesisFactory(PostgresFactory):
    """The library's datastore with our connection options, and our recorders."""

    aggregate_recorder_class = GenesisAggregateRecorder
    application_recorder_class = GenesisRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        # the library passes five of libpq's parameters on; TLS and the others come with the URL
        url = self.env["GENESIS_DATABASE_URL"]
        self.datastore.pool.kwargs = {
            **cast(dict[str, Any], self.datastore.pool.kwargs),
            **conninfo_to_dict(url),
            **connection_options(url, "genesis-log"),
        }
        if "GENESIS_READ_ONLY" in self.env:
            self.datastore.pool.kwargs["options"] += " -c default_transaction_read_only=on"


class EventLog(Application[str]):
    """Any stream of the log, at any version. Close it, or use it as a context manager. `read_only`: no appends."""

    def __init__(self, database_url: str, *, read_only: bool = False) -> None:
        given = conninfo_to_dict(database_url)
        super().__init__(
            {
                "GENESIS_DATABASE_URL": database_url,
                "POSTGRES_DBNAME": str(given.get("dbname") or given.get("user") or "postgres"),
                "POSTGRES_HOST": str(given.get("host") or ""),
                "POSTGRES_PORT": str(given.get("port") or 5432),
                "POSTGRES_USER": str(given.get("user") or ""),
                "POSTGRES_PASSWORD": str(given.get("password") or ""),
                "POSTGRES_POOL_SIZE": "1",
                "POSTGRES_ENABLE_DB_FUNCTIONS": "no",
                "ORIGINATOR_ID_TYPE": "text",
                "CREATE_TABLE": "no",
            }
            | ({"GENESIS_READ_ONLY": "yes"} if read_only else {})
        )

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only what we say: the library would also take settings of its own from the process's environment."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return GenesisFactory(env)

    def construct_mapper(self) -> Mapper[str]:
        return self.factory.mapper(mapper_class=GenesisMapper)

    def state(self, stream_id: UUID, version: int | None = None, at: datetime | None = None) -> StreamState | None:
        """The stream now, as it was at `version`, or at the time `at`; None when there is (or was) none.

        An event counts from its own time on. Raises UnreadableEvent for one of a newer build, LogDamaged for a hole,
        pydantic.ValidationError for what is not of its shape.
        """
        recorder = cast(GenesisRecorder, self.recorder)
        first = recorder.select_events(str(stream_id), limit=1)
        if not first:
            return None
        aggregate = AGGREGATES.by_event.get(first[0].topic)
        if aggregate is None:
            raise UnreadableEvent(f"No aggregate of this build has events of type {first[0].topic}.")

        def project(state: Any, events: Iterable[LoggedEvent]) -> Any:
            until = takewhile(lambda logged: at is None or logged.event.occurred_at <= at, events)
            return aggregate.fold(stream_id, tuple(_without_holes(until)), state)

        try:
            found: Any = self.repository.get(str(stream_id), version=version, projector_func=cast(Any, project))
        except AggregateNotFoundError:
            return None
        if found is None:
            return None
        return StreamState(aggregate, stream_id, found)

    def history(self, stream_id: UUID) -> list[LoggedEvent]:
        """All events of a stream, in order."""
        return [cast(LoggedEvent, event) for event in self.events.get(str(stream_id))]


def _without_holes(events: Iterable[LoggedEvent]) -> Iterator[DomainEvent]:
    for version, logged in enumerate(events, 1):
        if logged.originator_version != version:
            raise LogDamaged(f"The log has a hole: event {version} of this stream is missing.")
        yield logged.event
