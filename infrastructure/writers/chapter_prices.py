"""Foresees what the draft of a chapter costs, were it asked for now: usually, and at most."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from genesis_types.enums import ChapterStatus

from application.chapter_material import Materials
from application.chapter_request import chapter_request
from domain.chapter.chapter import Chapter
from domain.chapter.draft_events import ChapterDraftRequested
from domain.chapter.order import BlockOrder
from domain.rejections import Refused
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from infrastructure.writers.connections.paying import LinePricing
from infrastructure.writers.connections.store import ModelConnections

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class ChapterPrice:
    """In the smallest unit of an account, a millionth of a dollar. Both None: nobody knows."""

    usual: int | None
    most: int | None


class ChapterPrices:
    """`paid`: whether drafts are paid for in credits; without, the same is told of what the provider takes."""

    def __init__(self, settings: Settings, models: ModelConnections, materials: Materials) -> None:
        self._settings, self._models, self._materials = settings, models, materials
        self.paid = settings.credits

    async def of(
        self,
        project_id: UUID,
        chapter_id: UUID,
        user_id: UUID,
        words: int | None,
        writer: str | None,
        *,
        critique: bool = False,
    ) -> ChapterPrice | None:
        """None: there is no such chapter of this user's."""
        material = await self._materials.of(project_id, chapter_id, user_id)
        if material is None:
            return None
        work = ChapterDraftRequested(
            occurred_at=(now := datetime.now(UTC)),
            correlation_id=NOBODY,
            command_id=NOBODY,
            draft_id=NOBODY,
            instructions="",
            target_words=words or 0,
            writer="muse" if writer == "muse" else None,
            kept=0,
            project_version=0,
            critique=critique,
            turn=0,
            deadline_at=now,
        )
        chapter = Chapter(chapter_id, 0, user_id, project_id, ChapterStatus.DRAFT, BlockOrder(), {})
        try:
            # made here: with credits off, a model whose price nobody knows is no fault of the settings
            pricing = LinePricing(self._settings, self._models)
            low, high = await pricing.range_of_chapter(chapter_request(material, chapter, work))
        except (Refused, OperatorError):
            return ChapterPrice(None, None)
        return ChapterPrice(low, high)
