"""Whatever the sequence of commands: contents are a tree, nothing is lost, and the limits hold."""

from contextlib import suppress
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.project.commands import AddEntry, MoveEntry, ProjectBody, RemoveEntry, RenameEntry, RestoreEntry
from domain.project.plan import EntryKind
from domain.project.rules import MOST_DEPTH
from domain.rejections import Rejection
from tests.support.project import Shelf

numbers = st.integers(0, 11)
positions = st.integers(0, 6)
kinds: st.SearchStrategy[EntryKind] = st.sampled_from(["part", "chapter", "section"])


class ContentsMachine(RuleBasedStateMachine):
    """Commands of all kinds, sensible or not, on entries that are there, were removed, or never were."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()

    def named(self, number: int | None) -> UUID | None:
        known = list(self.shelf.project.entries)
        if number is None:
            return None
        return known[number % len(known)] if known else UUID(int=number)

    def give(self, body: ProjectBody) -> None:
        with suppress(Rejection):
            self.shelf.when(body)

    @rule(kind=kinds, parent=st.none() | numbers, position=st.none() | positions)
    def add(self, kind: EntryKind, parent: int | None, position: int | None) -> None:
        self.give(AddEntry(kind=kind, title=kind, parent_id=self.named(parent), position=position))

    @rule(number=numbers, parent=st.none() | numbers, position=positions)
    def move(self, number: int, parent: int | None, position: int) -> None:
        entry_id, parent_id = self.named(number), self.named(parent)
        assert entry_id is not None
        before = self.shelf.project.outline
        self.give(MoveEntry(entry_id=entry_id, parent_id=parent_id, position=position))
        if self.shelf.project.outline is not before:
            place = self.shelf.project.outline.places()[entry_id]
            assert (place.parent_id, place.position) == (
                parent_id,
                min(position, len(self.shelf.project.outline.children(parent_id)) - 1),
            )

    @rule(number=numbers)
    def remove_and_undo(self, number: int) -> None:
        """What is removed and restored at once leaves everything as it was."""
        entry_id = self.named(number)
        assert entry_id is not None
        before = self.shelf.reading()
        with suppress(Rejection):
            self.shelf.when(RemoveEntry(entry_id=entry_id))
            self.shelf.when(RestoreEntry(entry_id=entry_id))
        assert self.shelf.reading() == before

    @rule(number=numbers, restore=st.booleans())
    def remove_or_restore(self, number: int, restore: bool) -> None:
        entry_id = self.named(number)
        assert entry_id is not None
        self.give(RestoreEntry(entry_id=entry_id) if restore else RemoveEntry(entry_id=entry_id))

    @rule(number=numbers)
    def rename(self, number: int) -> None:
        entry_id = self.named(number)
        assert entry_id is not None
        self.give(RenameEntry(entry_id=entry_id, title=f"{number}"))

    @invariant()
    def every_entry_is_in_one_place(self) -> None:
        outline = self.shelf.project.outline
        stands = [*outline.places()]
        for removed in outline.removed:
            stands += outline.subtree(removed.entry_id)
        assert len(stands) == len(set(stands)), "an entry stands twice"
        assert set(stands) == set(self.shelf.project.entries), "an entry was lost"

    @invariant()
    def the_limits_hold(self) -> None:
        project = self.shelf.project
        for entry_id, place in project.outline.places().items():
            assert place.depth <= MOST_DEPTH
            above = project.entries[place.parent_id].kind if place.parent_id else None
            kind = project.entries[entry_id].kind
            assert (kind == "section") == (above in ("chapter", "section"))
            assert above in (None, "part") or kind == "section"

    @invariant()
    def the_facts_alone_say_the_same(self) -> None:
        shelf = self.shelf
        assert shelf.aggregate.fold(shelf.stream_id, tuple(shelf.facts)) == shelf.project
        assert shelf.project.version == len(shelf.facts)


TestContents = ContentsMachine.TestCase
TestContents.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
