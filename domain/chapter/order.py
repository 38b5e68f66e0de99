"""The order of a chapter's blocks keeps deleted ones, so that what follows one has its place. Both sides use it."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel, ConfigDict, field_serializer

from domain.chapter.edits import DeleteBlock, Edit, InsertBlock, MoveBlock


class BlockOrder(BaseModel):
    """`ids`: every block that there ever was, in order. `deleted`: those of them that are no longer shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: tuple[UUID, ...] = ()
    deleted: frozenset[UUID] = frozenset()

    @field_serializer("deleted")
    def _in_order(self, deleted: frozenset[UUID]) -> list[UUID]:
        return sorted(deleted)  # a set has no order of its own, and stored rows are compared

    @property
    def shown(self) -> tuple[UUID, ...]:
        return tuple(one for one in self.ids if one not in self.deleted)

    def after(self, edits: Iterable[Edit]) -> "BlockOrder":
        """The order after these edits. It never refuses."""
        ids, deleted = list(self.ids), set(self.deleted)
        for edit in edits:
            match edit:
                case InsertBlock():
                    ids.insert(_behind(ids, edit.after), edit.block_id)
                case MoveBlock():
                    ids.remove(edit.block_id)
                    ids.insert(_behind(ids, edit.after), edit.block_id)
                case DeleteBlock():
                    deleted.add(edit.block_id)
                case _:
                    continue
        return BlockOrder.model_construct(ids=tuple(ids), deleted=frozenset(deleted))


def _behind(ids: list[UUID], block_id: UUID | None) -> int:
    if block_id is None:
        return 0
    if ids and ids[-1] == block_id:  # as text is written, and as it comes from a file
        return len(ids)
    return ids.index(block_id) + 1
