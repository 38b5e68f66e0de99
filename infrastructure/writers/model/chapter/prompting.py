"""What a model is asked of a chapter, what all scenes share first, so that a server reads it once for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from application.chapter_context import LATEST_FULL, LATEST_LINES, TOLD_FULL, TOLD_LINE, TOLD_SAMPLE, short
from application.chapter_writers import ChapterRequest, Figure, Scene
from infrastructure.writers.model.budget import Budget
from infrastructure.writers.model.digests import without_empty
from infrastructure.writers.model.prompts import Part, Prompt, message, quoted, stored_prompt
from infrastructure.writers.model.tokens import tokens

_FIGURE, _TAIL = 700, 4_000  # characters


_WISHES = {
    "shorter": "Shorter: the same, in fewer words. What matters stays.",
    "longer": "Longer: stay with it, in deeds, speech and what can be seen and heard. Nothing new happens.",
    "show": "Show it: in deeds, speech and senses, where it is summed up now.",
    "voice": "In the voice of {person}: as this person sees it and would say it.",
    "again": "As <wishes> says.",
}


class Cut(IntEnum):
    """What is left out, each step with all before it."""

    NOTHING = 0
    OLDER = 1
    FIGURES = 2
    EARLIER = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class FirstVersion:
    """A scene of about `words` words that is to be written again, and what was found in it."""

    number: int
    words: int
    paragraphs: Sequence[str]
    found: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChapterPrompts:
    """The requests of one chapter. `aims`: of all its scenes, once they are planned."""

    request: ChapterRequest
    aims: tuple[str, ...] = ()

    def scene(self, number: int, words: int, before: Sequence[Scene], budget: Budget) -> Prompt:
        """The prose of scene `number`, about `words` words long; `before`: the scenes that are written."""
        task = [
            f"Write scene {number} of {len(self.aims)}, in about {words} words, in this language (BCP 47): "
            f"{quoted(self.request.book.language)}.",
            f"Its aim: {quoted(self.aims[number - 1])}",
        ]
        if number == len(self.aims):
            task.append("It is the last one: the chapter ends with it.")
        return self._fitted("chapter", budget, lambda cut: self._so_far(before, cut), "\n".join(task))

    def passage(self, number: int, words: int, written: Sequence[Scene], budget: Budget) -> Prompt:
        """Passage `number` of a selection, about `words` words long; `written`: those before it, as they are now."""
        passages = self.request.passages
        assert passages is not None, "asked of a selection only"
        language = f"in about {words} words, in this language (BCP 47): {quoted(self.request.book.language)}"
        if passages.wish == "continue":
            task = f"Go on from the end of <so_far>, {language}. It has to lead on to <after>, which stays."
        else:
            how = _WISHES[passages.wish].format(person=quoted(passages.person or "its point of view"))
            task = f"Write <passage> again, {language}. {how}"
        before = [*passages.before, *(one for scene in written for one in scene.paragraphs)]
        text = [passages.texts[number - 1]] if passages.texts else []
        following = [*passages.texts[number : number + 1], *passages.after][:2]
        told = [("so_far", before[-4:]), ("passage", text), ("after", following)]
        return self._fitted("passage", budget, lambda _cut: told, task)

    def revision(self, first: FirstVersion, before: Sequence[Scene], budget: Budget) -> Prompt:
        """The prose of a scene once more."""
        task = (
            f"Write scene {first.number} of {len(self.aims)} again, in about {first.words} words, in this language "
            f"(BCP 47): {quoted(self.request.book.language)}. <scene> is what you wrote. Mend what <found> names, and "
            "nothing else: what happens, who speaks and what is good in it stays."
        )
        own = [("scene", list(first.paragraphs)), ("found", list(first.found))]
        return self._fitted("chapter", budget, lambda cut: [*self._so_far(before, cut), *own], task)

    def critique(self, number: int, paragraphs: Sequence[str], before: Sequence[Scene], budget: Budget) -> Prompt:
        """What is wrong in a scene, if anything."""
        task = (
            f"Read <scene>, which is scene {number} of {len(self.aims)}. Say what is plainly wrong in it, if anything."
        )
        own = [("aim", self.aims[number - 1]), ("scene", list(paragraphs))]
        return self._fitted("chapter_critique", budget, lambda cut: [*self._so_far(before, cut), *own], task)

    def plan(self, scenes: int, budget: Budget) -> Prompt:
        language = quoted(self.request.book.language)
        task = f"Divide <chapter> into exactly {scenes} scenes. Write in this language (BCP 47): {language}."
        return self._fitted("chapter_scenes", budget, lambda cut: self._so_far((), cut), task)

    def summary(self, scenes: Sequence[Scene], budget: Budget) -> Prompt:
        text = "\n".join(paragraph for scene in scenes for paragraph in scene.paragraphs)
        system = (Part("system", "chapter_summary", stored_prompt("chapter_summary")[1]),)
        task = f"Say what happens, in this language (BCP 47): {quoted(self.request.book.language)}."
        most = len(text)
        while True:
            written = _piece("written", {"title": self.request.title, "text": text[-most:] if most else ""})
            parts = (*system, written, Part("user", "task", task))
            total = tokens(message(parts, "system") + message(parts, "user"), budget.model)
            if total <= budget.most or most < 500:
                return Prompt(parts, total, (), total <= budget.most)
            most //= 2

    def _fitted(self, name: str, budget: Budget, tail: Any, task: str) -> Prompt:
        system = (Part("system", name, stored_prompt(name)[1]),)
        for cut in Cut:
            pieces = [*self._shared(cut), *tail(cut)]
            parts = (*system, *(_piece(key, value) for key, value in pieces if value), Part("user", "task", task))
            total = tokens(message(parts, "system") + "\n\n" + message(parts, "user"), budget.model)
            if total <= (budget.room if cut < Cut.EARLIER else budget.most):
                break
        return Prompt(parts, total, ("confirmed",) if cut else (), total <= budget.most)

    def _shared(self, cut: Cut) -> list[tuple[str, Any]]:
        """From what changes least to what changes most: book, earlier chapters, this chapter."""
        request, book = self.request, self.request.book
        told: Mapping[str, Any] = {
            **{key: getattr(book, key) for key in ("title", "logline", "genre", "audience", "tone")},
            "rules": list(book.rules) if cut < Cut.ALL else [],
            "people": _figures(book.people, cut),
            "places": _figures(book.places, cut),
        }
        plan = request.plan.model_dump(exclude={"target_words"})
        nothing_next = request.next_plan is None and not request.next_title
        following: dict[str, Any] = {} if nothing_next or cut >= Cut.EARLIER else {"title": request.next_title[:400]}
        if following and request.next_plan is not None:
            following["plan"] = request.next_plan.model_dump(include={"purpose", "summary", "goal"})
        return [
            ("book", without_empty(told)),
            ("style", self._style(cut)),
            ("earlier", self._earlier(cut)),
            ("known", _known(request)),
            (
                "planted",
                [{"thread": one.thread, "chapter": one.chapter, "there": one.summary} for one in request.planted],
            ),
            ("chapter", without_empty({"title": request.title, **plan, "scenes": list(self.aims)})),
            ("next_chapter", without_empty(following)),
            ("wishes", request.instructions.strip()),
            ("sparingly", [{"phrase": phrase, "times": times} for phrase, times in request.worn]),
        ]

    def _style(self, cut: Cut) -> dict[str, Any]:
        """Rules and banned phrases are told whatever is cut; the sample shrinks, and goes last."""
        style = self.request.book.style
        most = {
            Cut.NOTHING: TOLD_SAMPLE,
            Cut.OLDER: TOLD_SAMPLE,
            Cut.FIGURES: TOLD_SAMPLE // 2,
            Cut.EARLIER: TOLD_SAMPLE // 4,
        }.get(cut, 0)
        told = {
            "rules": list(style.rules),
            "banned": list(style.banned),
            "book_becomes": style.becomes,
            "come_back_to": style.returns,
            "sample": style.sample[:most],
        }
        found: dict[str, Any] = without_empty(told)
        return found

    def _earlier(self, cut: Cut) -> list[dict[str, str]]:
        earlier = self.request.earlier
        if cut >= Cut.EARLIER:
            return [{"title": one.title[:TOLD_LINE], "summary": short(one.summary, TOLD_FULL)} for one in earlier[-1:]]
        older = earlier[-LATEST_FULL - LATEST_LINES : -LATEST_FULL] if cut < Cut.OLDER else ()
        lines = [{"title": one.title[:TOLD_LINE], "summary": short(one.summary, TOLD_LINE)} for one in older]
        return lines + [
            {"title": one.title[:TOLD_LINE], "summary": short(one.summary, TOLD_FULL)} for one in earlier[-LATEST_FULL:]
        ]

    def _so_far(self, before: Sequence[Scene], cut: Cut) -> list[tuple[str, Any]]:
        written = [*self.request.before, *(paragraph for scene in before for paragraph in scene.paragraphs)]
        most = _TAIL if cut < Cut.EARLIER else _TAIL // 4
        kept: list[str] = []
        for paragraph in reversed(written):
            if kept and sum(map(len, kept)) + len(paragraph) > most:
                break
            kept.insert(0, paragraph[-most:])
        return [("so_far", kept)]


def _known(request: ChapterRequest) -> list[dict[str, str]]:
    told = ((one.person, f"{one.kind}: {one.value}".rstrip(": "), one.sentence) for one in request.known)
    return [{"who": who, "what": what, "as_told": short(sentence, TOLD_LINE)} for who, what, sentence in told]


def _piece(name: str, value: Any) -> Part:
    return Part("user", name, f"<{name}>\n{quoted(value)}\n</{name}>")


def _figures(figures: Sequence[Figure], cut: Cut) -> list[dict[str, str]]:
    most = _FIGURE if cut < Cut.FIGURES else TOLD_LINE
    return [{"name": one.name, "said": short(one.said, most)} for one in (figures if cut < Cut.ALL else figures[:6])]
