"""Whatever happens to drafts: one at a time, scenes without a gap, a text that only acceptance changes."""

from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.chapter.commands import AcceptDraft, CancelDraft, RefuseDraft
from domain.project.commands import RemoveEntry, RestoreEntry
from domain.rejections import Refused
from tests.support.project import Page

SCENES = 3


class DraftMachine(RuleBasedStateMachine):
    """`accepted`: the paragraphs that the author has taken, in no order."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.accepted: list[str] = []

    @property
    def working(self) -> bool:
        return self.page.chapter.work is not None

    @property
    def ended(self) -> bool:
        return self.page.chapter.draft is not None and not self.working

    @precondition(lambda self: not self.working)
    @rule(go_on=st.booleans())
    def ask(self, go_on: bool) -> None:
        with suppress(Refused):
            self.page.ask(go_on=go_on)

    @precondition(lambda self: self.working)
    @rule()
    def a_scene_comes(self) -> None:
        came = len(self.page.chapter.scenes)
        if came < SCENES:
            self.page.scene_comes(came + 1, SCENES)
        else:
            self.page.draft_comes()

    @precondition(lambda self: self.working)
    @rule()
    def it_fails(self) -> None:
        self.page.draft_fails()

    @precondition(lambda self: self.working)
    @rule()
    def it_is_stopped(self) -> None:
        self.page.when(CancelDraft())

    @rule()
    def the_chapter_is_removed_or_restored(self) -> None:
        shelf = self.page.shelf
        removed = shelf.project.outline.removal(self.page.stream_id) is not None
        shelf.when((RestoreEntry if removed else RemoveEntry)(entry_id=self.page.stream_id))

    @precondition(lambda self: self.ended)
    @rule(scenes=st.none() | st.sets(st.integers(1, SCENES), min_size=1).map(tuple))
    def accept(self, scenes: tuple[int, ...] | None) -> None:
        draft = self.page.chapter.draft
        assert draft is not None
        with suppress(Refused):
            (fact,) = self.page.when(AcceptDraft(draft_id=draft.draft_id, scenes=scenes))
            self.accepted += [edit.text for edit in fact.edits]

    @precondition(lambda self: self.ended)
    @rule()
    def refuse(self) -> None:
        draft = self.page.chapter.draft
        assert draft is not None
        self.page.when(RefuseDraft(draft_id=draft.draft_id))

    @invariant()
    def the_text_is_what_was_accepted(self) -> None:
        assert sorted(self.page.texts) == sorted(self.accepted)

    @invariant()
    def scenes_have_no_gap_and_are_as_many_as_came(self) -> None:
        chapter = self.page.chapter
        assert [scene.number for scene in chapter.scenes] == list(range(1, len(chapter.scenes) + 1))
        assert (chapter.draft.came if chapter.draft else 0) == len(chapter.scenes)
        assert (chapter.work is not None) == (chapter.draft is not None and chapter.draft.active)

    @invariant()
    def the_facts_alone_say_the_same(self) -> None:
        page = self.page
        assert page.aggregate.fold(page.stream_id, tuple(page.facts)) == page.chapter


TestDrafts = DraftMachine.TestCase
TestDrafts.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
