"""The outline orders the entries of a table of contents as a tree. Shared by the aggregate and the read side.

Every entry is in one place: at the top, under another entry, or among the removed; what is under a removed one stays
there, so that restoring it brings all of it back.
"""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Place(NamedTuple):
    """Where an entry stands: under which one (None: at the top), as its how manieth from 0; the top is of depth 1."""

    parent_id: UUID | None
    position: int
    depth: int


class Removed(BaseModel):
    """An entry that was taken out, with all under it, and where it stood."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry_id: UUID
    parent_id: UUID | None
    position: int


class Outline(BaseModel):
    """`under`: the entries under each that has some. `removed`: what can be restored, the last removed at the end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    top: tuple[UUID, ...] = ()
    under: dict[UUID, tuple[UUID, ...]] = {}
    removed: tuple[Removed, ...] = ()

    def children(self, parent_id: UUID | None) -> tuple[UUID, ...]:
        return self.top if parent_id is None else self.under.get(parent_id, ())

    def places(self) -> dict[UUID, Place]:
        """Every entry that is not removed, in the order in which a book has them: an entry, then what is under it."""
        return dict(self._walk(None, 1))

    def subtree(self, entry_id: UUID) -> tuple[UUID, ...]:
        """The entry and all under it, in reading order, whether it is removed or not."""
        return (entry_id, *(below for below, _ in self._walk(entry_id, 1)))

    def height(self, entry_id: UUID) -> int:
        """How many levels the entry and what is under it take: 1 when nothing is."""
        return 1 + max((place.depth for _, place in self._walk(entry_id, 1)), default=0)

    def removal(self, entry_id: UUID) -> Removed | None:
        return next((one for one in self.removed if one.entry_id == entry_id), None)

    # --- how facts change it -----------------------------------------------------------------------------------------

    def placed(self, entry_id: UUID, parent_id: UUID | None, position: int) -> "Outline":
        """With an entry that was nowhere before; a position behind the end is the end."""
        children = self.children(parent_id)
        return self._with(parent_id, (*children[:position], entry_id, *children[position:]))

    def moved(self, entry_id: UUID, parent_id: UUID | None, position: int) -> "Outline":
        """`position` is counted among its new neighbours, the entry itself left out."""
        return self._without(entry_id).placed(entry_id, parent_id, position)

    def taken(self, entry_id: UUID) -> "Outline":
        parent_id = self._parent_of(entry_id)
        position = self.children(parent_id).index(entry_id)
        removed = Removed(entry_id=entry_id, parent_id=parent_id, position=position)
        return self._without(entry_id).model_copy(update={"removed": (*self.removed, removed)})

    def restored(self, entry_id: UUID, parent_id: UUID | None, position: int) -> "Outline":
        left = tuple(one for one in self.removed if one.entry_id != entry_id)
        return self.model_copy(update={"removed": left}).placed(entry_id, parent_id, position)

    def _parent_of(self, entry_id: UUID) -> UUID | None:
        if entry_id in self.top:
            return None
        return next(parent for parent, children in self.under.items() if entry_id in children)

    def _without(self, entry_id: UUID) -> "Outline":
        parent_id = self._parent_of(entry_id)
        return self._with(parent_id, tuple(one for one in self.children(parent_id) if one != entry_id))

    def _with(self, parent_id: UUID | None, children: tuple[UUID, ...]) -> "Outline":
        if parent_id is None:
            return self.model_copy(update={"top": children})
        under = {parent: others for parent, others in self.under.items() if parent != parent_id}
        return self.model_copy(update={"under": under | {parent_id: children} if children else under})

    def _walk(self, parent_id: UUID | None, depth: int) -> Iterator[tuple[UUID, Place]]:
        for position, entry_id in enumerate(self.children(parent_id)):
            yield entry_id, Place(parent_id, position, depth)
            yield from self._walk(entry_id, depth + 1)
