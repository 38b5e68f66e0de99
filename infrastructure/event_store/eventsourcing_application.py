"""Sessions through the `eventsourcing` library, synchronously: for replay, differences and the command line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import orjson
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import InfrastructureFactory, Mapper, StoredEvent
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment, EnvType
from psycopg.conninfo import conninfo_to_dict

from domain.genesis.events import Event
from domain.genesis.session import Session, evolve
from infrastructure.event_store.codec import CODEC
from infrastructure.event_store.eventsourcing_recorder import GenesisAggregateRecorder, GenesisRecorder, pack
from infrastructure.postgres.pool import connection_options


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its place: what the library calls a domain event."""

    originator_id: str
    originator_version: int
    event: Event


class GenesisMapper(Mapper[str]):
    """The library's mapper stores module paths and skips validation: this one speaks the store's codec."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        encoded = CODEC.encode(domain_event.event)
        return StoredEvent(
            domain_event.originator_id, domain_event.originator_version, encoded.event_type, pack(encoded)
        )

    def to_domain_event(self, stored_event: StoredEvent) -> LoggedEvent:
        state = orjson.loads(stored_event.state)
        event = CODEC.decode(stored_event.topic, state["version"], orjson.dumps(state["payload"]))
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


def project(session: Session | None, events: Iterable[LoggedEvent]) -> Session | None:
    """The library's projector function for sessions."""
    for logged in events:
        session = evolve(session, logged.event, UUID(logged.originator_id))
    return session


class SessionLog(Application[str]):
    """The log's sessions at any version. Close it, or use it as a context manager."""

    def __init__(self, database_url: str) -> None:
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
        )

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only what we say: the library would also take settings of its own from the process's environment."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return GenesisFactory(env)

    def construct_mapper(self) -> Mapper[str]:
        return self.factory.mapper(mapper_class=GenesisMapper)

    def session(self, session_id: UUID, version: int | None = None) -> Session | None:
        """The session now, or as it was at `version`; None when there is none."""
        try:
            found: Any = self.repository.get(str(session_id), version=version, projector_func=cast(Any, project))
        except AggregateNotFoundError:
            return None
        return cast(Session, found)

    def history(self, session_id: UUID) -> list[LoggedEvent]:
        """All events of a session, in order."""
        return [cast(LoggedEvent, event) for event in self.events.get(str(session_id))]
