"""Has a scene that is whole written once more where code finds fault with it, and keeps the better version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from application.chapter_writers import ChapterRequest, Scene
from domain.prose.critique import Finding, SceneCritique, findings
from infrastructure.writers.model.asking import Answer, Meter
from infrastructure.writers.model.chapter import judging
from infrastructure.writers.model.chapter.limits import MORE_TOKENS, WORD_TOKENS
from infrastructure.writers.model.chapter.prompting import ChapterPrompts, FirstVersion
from infrastructure.writers.model.chapter.tries import Tries, Verdict
from infrastructure.writers.model.chapter.watch import Watch
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.sent import SentLog

_MOST_TOLD = 20

_TOLD = {
    "WORN_PHRASE": "A worn phrase: {about}",
    "UNIFORM_SENTENCES": "Many sentences of one length, from: {about}",
    "SUMMING_UP": "It ends by summing up: {about}",
    "SAME_OPENING": "It opens as a passage before it did: {about}",
    "SAME_ENDING": "It ends as a passage before it did: {about}",
    "CONTRAST": "“Not this, but that” as a habit: {about}",
    "DASHES": "Far too many dashes.",
    "TRIADS": "Far too many lists of three.",
    "BANNED": "The novelist has banned: {about}",
    "SENTENCE_WORDS": "Words a sentence, here / in the novelist's sample: {about}",
    "SENTENCE_SPREAD": "Sentences too alike in length; deviation over mean, here / in the sample: {about}",
    "PARAGRAPH_WORDS": "Words a paragraph, here / in the novelist's sample: {about}",
    "DIALOGUE_SHARE": "Share of dialogue, here / in the novelist's sample: {about}",
    "VOCABULARY": "Different words in 200, here / in the novelist's sample: {about}",
}


@dataclass(frozen=True, slots=True)
class Step:
    """By whom scene `number` of `of` is revised, and where that is counted."""

    connection: Connection
    meter: Meter
    sent: SentLog
    watch: Watch
    seconds_left: Callable[[], float]
    number: int
    of: int


class Revision:
    """One scene's critique. `first`: the version that is whole; `earlier`: the paragraphs before it in this draft."""

    def __init__(self, request: ChapterRequest, first: judging.Judged, earlier: Sequence[str], words: int) -> None:
        self._request, self._first, self._earlier, self._words = request, first, earlier, words
        self.found = self._findings(first.paragraphs)

    def tries(self, step: Step, prompts: ChapterPrompts, before: Sequence[Scene]) -> Tries[judging.Judged]:
        """One request, told what was found."""
        told = tuple(_TOLD[one.code].format(about=one.about) for one in self.found[:_MOST_TOLD])
        first = FirstVersion(step.number, self._words, self._first.paragraphs, told)
        return Tries(
            step.connection,
            step.meter,
            step.sent,
            step.watch,
            lambda tokens: prompts.revision(first, before, step.connection.budget(tokens)),
            self._judge,
            self._words * WORD_TOKENS + MORE_TOKENS,
            step.seconds_left,
            most=1,
            patient=False,
            part=(step.number, step.of),
        )

    def better(self, again: judging.Judged | None) -> tuple[judging.Judged, SceneCritique]:
        """The version that is kept. `again` None: nothing that could be taken came."""
        left = self._findings(again.paragraphs) if again is not None else self.found
        if again is not None and len(left) < len(self.found):
            return again, SceneCritique(found=self.found, revised=True, kept="revision", left=left)
        return self._first, SceneCritique(found=self.found, revised=True, left=self.found)

    def _judge(self, answer: Answer) -> Verdict[judging.Judged]:
        found = judging.judged(
            answer.text,
            words=self._words,
            language=self._request.book.language,
            earlier=self._earlier,
            cut=answer.stopped,
        )
        bad = found.refused or found.fatal is not None or set(found.flaws) - set(self._first.flaws)
        return Verdict(None, found.fatal or "BROKEN_ANSWER", final=True) if bad else Verdict(found)

    def _findings(self, paragraphs: Sequence[str]) -> tuple[Finding, ...]:
        book = self._request.book
        return findings(paragraphs, self._earlier, book.style, book.language)
