"""Who else has a session open, as the pages of one connection are told."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from uuid import UUID

from api.http.user_agents import label_of
from api.schemas.responses import PresenceFrame, PresentClient
from infrastructure.coordination.presence import Client, Presence

MOST_SHOWN = 50


def frame_for(own: Sequence[Client], clients: tuple[Client, ...]) -> PresenceFrame:
    """The first who came, and always those who are told."""
    known = {client.client_id: client for client in clients}
    mine = {client.client_id: known.get(client.client_id, client) for client in own[:MOST_SHOWN]}
    others = [client for client in clients if client.client_id not in mine]
    shown = [*mine.values(), *others[: MOST_SHOWN - len(mine)]]
    return PresenceFrame(
        clients=tuple(
            PresentClient(
                client_id=client.client_id, label=client.label, since=client.since, you=client.client_id in mine
            )
            for client in sorted(shown, key=lambda client: (client.since, client.client_id))
        )
    )


class Attending:
    """The pages of one connection that have a session open, and see who else has."""

    def __init__(self, presence: Presence, session_id: UUID, client_ids: Sequence[UUID], user_agent: str) -> None:
        self._presence = presence
        self._session_id = session_id
        label = label_of(user_agent)
        self.own = tuple(presence.client(client_id, label) for client_id in client_ids)

    @contextmanager
    def here(self) -> Iterator[None]:
        with ExitStack() as stack:
            for client in self.own:
                stack.enter_context(self._presence.here(self._session_id, client))
            yield

    async def clients(self) -> tuple[Client, ...]:
        return await self._presence.clients(self._session_id)
