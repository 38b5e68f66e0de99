"""Keeps the parts of a large content as they come, so that whoever goes on with the work asks only for the rest.

They are kept with the task, not in events: what came of a generation is told once, by its outcome. Losing them costs
money, never words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from genesis_types.text import clean
from pydantic import JsonValue

from application.writers import PartsCame
from domain.genesis.events import GenerationRequested
from domain.genesis.session import Session
from flows.workflow.context import Services
from flows.workflow.draft_stream import WorkEnded
from flows.workflow.usage import Earlier


@dataclass
class KeptParts:
    """The parts of one work. `material` is the hash of what they are written from (application/writer_request.py)."""

    given: Services
    work: GenerationRequested
    material: str
    kept: dict[str, Any] = field(default_factory=dict)

    async def take_up(self, session_id: UUID, claimed: Mapping[str, Any] | None) -> None:
        """Go on with what an earlier execution has stored, which `claimed` is the task's.

        Where there was none, with what another generation left that failed, if it was to write the same. What it has
        used was charged with its failure.
        """
        if claimed is not None:
            self.kept = dict(claimed.get("parts") or {})
            return
        left = await self.given.tasks.parts_left(session_id, self.material)
        if left:
            self.kept = dict(left)
            await self._store(Earlier.kept(None))

    async def keep(self, session: Session, came: PartsCame, earlier: Earlier) -> None:
        """Store them with all that was used by then. Raises WorkEnded."""
        self.kept = {key: clean(part) for key, part in came.parts.items()}
        await self.given.sent.keep(session.session_id, came.texts)
        await self._store(earlier.with_spent(came.spent).with_asked(came.asked))

    async def forget(self) -> None:
        """Raises WorkEnded."""
        self.kept = {}
        if not await self.given.tasks.keep_parts(self.work.correlation_id, self.given.owner, None):
            raise WorkEnded

    async def _store(self, used: Earlier) -> None:
        stored: dict[str, JsonValue] = {"material": self.material, "parts": self.kept, **used.as_json()}
        if not await self.given.tasks.keep_parts(self.work.correlation_id, self.given.owner, stored):
            raise WorkEnded
