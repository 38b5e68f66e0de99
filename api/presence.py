"""Who else has a session open, as one client's page is told: the frame, and what a browser is called."""

from contextlib import AbstractContextManager
from uuid import UUID

from api.answers import PresenceFrame, PresentClient
from infrastructure.presence import Client, Presence

MOST_SHOWN = 50

# The first that is found in the User-Agent: a browser also names those that it is like.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
UNKNOWN = "Another program"


def label_of(user_agent: str) -> str:
    """ "Firefox on Linux": from a list of our own, so nothing of what was sent is shown to others."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if browser is None:
        return UNKNOWN
    return f"{browser} on {system}" if system else browser


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
