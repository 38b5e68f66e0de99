"""Says whether a model writes for a session, or only the muse."""

from uuid import UUID

from infrastructure.settings import Settings
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import MUSE, has_environment


class ModelAtHand:
    """As whoever writes will find it when it is asked."""

    def __init__(self, settings: Settings, connections: ModelConnections) -> None:
        self._settings = settings
        self._connections = connections

    async def has_model(self, user_id: UUID, session_id: UUID) -> bool:
        line = await self._connections.line(user_id, session_id, environment=has_environment(self._settings))
        return line != (MUSE,)
