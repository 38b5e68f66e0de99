"""The rules of contents: what may stand where, how much there may be, and where an entry stands."""

from uuid import UUID

from domain.project import rejections
from domain.project.outline import Place
from domain.project.plan import EntryKind
from domain.project.project import Project
from domain.rejections import Refused

MOST_CHAPTERS = 1_000
MOST_ENTRIES = 5_000
MOST_DEPTH = 8

_HOLDS: dict[EntryKind | None, tuple[EntryKind, ...]] = {
    None: ("part", "chapter"),
    "part": ("part", "chapter"),
    "chapter": ("section",),
    "section": ("section",),
}
"""What may stand under what; None: at the top."""


def place(project: Project, entry_id: UUID) -> Place:
    """Where an entry stands. Raises Rejection for one that is not there, or was removed."""
    place = project.outline.places().get(entry_id)
    if place is not None:
        return place
    if entry_id in project.entries:
        raise Refused(rejections.ENTRY_REMOVED, "This entry was removed. Restore it first.")
    raise rejections.unknown_entry()


def fits(project: Project, kind: EntryKind, parent_id: UUID | None, *, height: int) -> None:
    """Raises Rejection unless something of this kind and height may stand under `parent_id`."""
    parent = place(project, parent_id) if parent_id is not None else None
    above = project.entries[parent_id].kind if parent_id is not None else None
    if kind not in _HOLDS[above]:
        where = "at the top" if above is None else f"under a {above}"
        raise Refused(rejections.MISPLACED_ENTRY, f"A {kind} cannot stand {where}.")
    if (parent.depth if parent else 0) + height > MOST_DEPTH:
        raise Refused(rejections.TOO_DEEP, f"Contents are at most {MOST_DEPTH} levels deep.")


def room(project: Project, *, entries: int, chapters: int) -> None:
    """Raises Rejection unless there is room for so many more."""
    there = project.outline.places()
    if len(there) + entries > MOST_ENTRIES:
        raise Refused(rejections.CONTENTS_FULL, f"Contents have at most {MOST_ENTRIES:,} entries.")
    if chapters and sum(project.entries[one].kind == "chapter" for one in there) + chapters > MOST_CHAPTERS:
        raise Refused(rejections.CONTENTS_FULL, f"A book has at most {MOST_CHAPTERS:,} chapters.")
