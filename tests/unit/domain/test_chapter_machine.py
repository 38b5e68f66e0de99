"""Whatever is edited, by two writers who see old versions: the text is what a plain list of paragraphs says."""

from uuid import UUID, uuid4

import pytest
from genesis_types.words import count_words
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.chapter.events import ChapterEdited
from domain.chapter.rejections import BlockConflict
from tests.support.project import Page, delete, insert, move, replace

texts = st.text("ab 盐.", max_size=8)
numbers = st.integers(0, 20)


class TextMachine(RuleBasedStateMachine):
    """`paragraphs` is the reference; `seen` is what a writer in another tab has of each block's version."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.paragraphs: list[tuple[UUID, str]] = []
        self.seen: dict[UUID, int] = {}

    @property
    def there(self) -> bool:
        return bool(self.paragraphs)

    def at(self, number: int) -> tuple[int, UUID]:
        index = number % len(self.paragraphs)
        return index, self.paragraphs[index][0]

    def behind(self, number: int | None) -> tuple[int, UUID | None]:
        if number is None or not self.paragraphs:
            return 0, None
        index, block_id = self.at(number)
        return index + 1, block_id

    @rule(text=texts, number=st.none() | numbers)
    def insert(self, text: str, number: int | None) -> None:
        index, after = self.behind(number)
        # a deleted block in between does not count as a place that anybody sees
        block_id = uuid4()
        self.page.edit(insert(block_id, text, after))
        self.paragraphs.insert(index, (block_id, text))

    @precondition(lambda self: self.there)
    @rule(text=texts, number=numbers)
    def replace(self, text: str, number: int) -> None:
        index, block_id = self.at(number)
        self.page.edit(replace(block_id, text, self.page.version(block_id)))
        self.paragraphs[index] = (block_id, text)

    @precondition(lambda self: self.there)
    @rule(number=numbers)
    def delete(self, number: int) -> None:
        index, block_id = self.at(number)
        self.page.edit(delete(block_id, self.page.version(block_id)))
        del self.paragraphs[index]

    @precondition(lambda self: len(self.paragraphs) > 1)
    @rule(number=numbers, to=st.none() | numbers)
    def move(self, number: int, to: int | None) -> None:
        index, block_id = self.at(number)
        taken = self.paragraphs.pop(index)
        place, after = self.behind(to)
        self.page.edit(move(block_id, self.page.version(block_id), after))
        self.paragraphs.insert(place, taken)

    @rule()
    def another_tab_looks(self) -> None:
        self.seen = {block_id: block.version for block_id, block in self.page.chapter.blocks.items()}

    @precondition(lambda self: bool(self.seen))
    @rule(number=numbers, text=texts)
    def another_tab_edits(self, number: int, text: str) -> None:
        """It is refused if, and only if, this very block has moved on since that tab looked."""
        block_id = list(self.seen)[number % len(self.seen)]
        block = self.page.chapter.blocks.get(block_id)
        if block is None or block.version != self.seen[block_id]:
            with pytest.raises(BlockConflict) as refused:
                self.page.edit(replace(block_id, text, self.seen[block_id]))
            (shown,) = refused.value.blocks
            assert (shown.mine, shown.current) == (text, block.text if block else None)
            return
        self.page.edit(replace(block_id, text, self.seen[block_id]))
        self.seen[block_id] = self.page.version(block_id)
        self.paragraphs = [(one, text if one == block_id else old) for one, old in self.paragraphs]

    @invariant()
    def it_reads_as_the_list(self) -> None:
        assert self.page.chapter.order.shown == tuple(block_id for block_id, _ in self.paragraphs)
        assert self.page.texts == [text for _, text in self.paragraphs]

    @invariant()
    def the_facts_alone_say_the_same(self) -> None:
        page = self.page
        assert page.aggregate.fold(page.stream_id, tuple(page.facts)) == page.chapter
        last = next((fact for fact in reversed(page.facts) if isinstance(fact, ChapterEdited)), None)
        assert (last.words if last else 0) == sum(count_words(text) for text in page.texts)


TestText = TextMachine.TestCase
TestText.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
