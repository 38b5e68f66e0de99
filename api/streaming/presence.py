"""Who else has a session open, as one client's page is told."""

from contextlib import AbstractContextManager
from uuid import UUID

from api.http.user_agents import label_of
from api.schemas.responses import PresenceFrame, PresentClient
from infrastructure.coordination.presence import Client, Presence

MOST_SHOWN = 50


def frame_for(own: Client, clients: tuple[Client, ...]) -> PresenceFrame:
    """The first who came, and always the one who is told."""
    others = [client for client in clients if client.client_id != own.client_id]
    mine = next((client for client in clients if client.client_id == own.client_id), own)
    shown = sorted([mine, *others[: MOST_SHOWN - 1]], key=lambda client: (client.since, client.client_id))
    return PresenceFrame(
        clients=tuple(
            PresentClient(
                client_id=client.client_id,
                label=client.label,
                since=client.since,
                you=client.client_id == own.client_id,
            )
            for client in shown
        )
    )


class Attending:
    """One client that has a session open, and sees who else has."""

    def __init__(self, presence: Presence, session_id: UUID, client_id: UUID, user_agent: str) -> None:
        self._presence = presence
        self._session_id = session_id
        self.client = presence.client(client_id, label_of(user_agent))

    def here(self) -> AbstractContextManager[None]:
        return self._presence.here(self._session_id, self.client)

    async def clients(self) -> tuple[Client, ...]:
        return await self._presence.clients(self._session_id)
