"""Holds addresses of models to one rule, when they are kept and again before they are called."""

import asyncio

from infrastructure import entered_values
from infrastructure.identity.listen_guard import others_can_reach
from infrastructure.settings import Settings
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import NotAllowed, Stored, check_place


class AddressRule:
    """A row may be older than the rule, or of a time when only this machine reached the studio."""

    def __init__(self, settings: Settings, connections: ModelConnections) -> None:
        self._settings = settings
        self._connections = connections
        self._reachable: bool | None = None

    async def allows(self, one: Stored) -> bool:
        """Whether `one` may be called where it is."""
        try:
            if one.base_url is not None:
                entered_values.public_address(one.base_url)
            if one.base_url is not None or one.source.own:
                check_place(one.source, one.base_url, may_name_addresses=await self._may_name(one))
        except (ValueError, NotAllowed):
            return False
        return True

    async def _may_name(self, one: Stored) -> bool:
        if self._reachable is None:  # once: it may have to ask a name server
            self._reachable = await asyncio.to_thread(others_can_reach, self._settings)
        return not self._reachable or await self._connections.is_owners(one.user_id)
