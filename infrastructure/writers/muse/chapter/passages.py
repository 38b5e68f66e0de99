"""Writes passages otherwise, as far as the muse can: fewer sentences, more of them, a line of talk, what comes next."""

from collections.abc import Iterator
from dataclasses import replace

from genesis_types.words import count_words

from application.chapter_writers import ChapterRequest, Passages, Scene
from infrastructure.writers.muse.chapter.scenes import Chapter
from infrastructure.writers.muse.spark import sentences
from infrastructure.writers.passage_lengths import CONTINUED_WORDS, passage_words

_ADDED = {"longer": "description", "show": "act", "voice": "talk", "again": "description"}


class MusePassages:
    """The passages of one request. What was kept decides only where it goes on, never what is written."""

    def __init__(self, request: ChapterRequest, passages: Passages) -> None:
        self._passages = passages
        self._request = replace(
            request, before=passages.before, passages=None, kept=(), target_words=CONTINUED_WORDS * 2
        )
        self._chapter = Chapter(self._request)
        for text in passages.texts:
            self._chapter.keep(text)

    def scenes(self) -> Iterator[Scene]:
        passages = self._passages
        for number in range(1, passages.count + 1):
            yield Scene(number, passages.count, passages.wish, self._paragraphs(number))

    def notes(self) -> tuple[str, ...]:
        told = self._chapter.note(f"passage_{self._passages.wish}")
        return (*([told] if told else []), *self._chapter.unheard())

    def _paragraphs(self, number: int) -> tuple[str, ...]:
        passages = self._passages
        if passages.wish == "continue":
            return self._chapter.scene(1).paragraphs
        text = passages.texts[number - 1]
        words = passage_words(passages, number)
        if passages.wish == "shorter":
            return (self._shortened(text, words),)
        left = max(1, words - count_words(text))
        added = self._chapter.aside(_ADDED[passages.wish], number, max(left, 20))
        if passages.wish == "voice":
            return (text, *added)
        return (self._chapter.joined(text, *added),)

    def _shortened(self, text: str, words: int) -> str:
        """Its first sentence, and of the others the shortest, in their order, as many as there is room for."""
        parts = [part.strip() for part in sentences(text)] or [text]
        kept = {0}
        left = words - count_words(parts[0])
        for at in sorted(range(1, len(parts)), key=lambda one: (count_words(parts[one]), one)):
            if (length := count_words(parts[at])) <= left:
                kept.add(at)
                left -= length
        return self._chapter.joined(*(part for at, part in enumerate(parts) if at in kept))
