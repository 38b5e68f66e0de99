"""Reads the chapters that a model has planned: the form of its answer, and the whole chapters that stand in it."""

from collections.abc import Iterable, Mapping
from typing import Any

from genesis_types.text import clean
from pydantic import ValidationError

from application.contents_writers import ContentsRequest, OutlinedChapter
from domain.project.plan import ChapterPlan
from domain.project.titles import LONGEST_TITLE
from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.chapter.tries import Verdict
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import Json, closed, listed

_PASSAGES = ("purpose", "summary", "goal", "conflict", "turning_point", "outcome", "hook")
_LINES = ("point_of_view", "place", "time")
_LISTS = {"who": 60, "plants": 20, "pays": 20}
_LONGEST_LINE, _LONGEST_PASSAGE = 400, 2_000
_MOST_WORDS = 100_000

TWICE = "These chapters do what a chapter before them does already: {titles}. Give each a purpose of its own."
SHAPE = "That was no list of chapters, each with a title and a purpose. Answer in the required form only."


def schema(count: int) -> Json:
    """So many chapters, each with its title, its part and its plan."""
    text: Json = {"type": "string"}
    fields: Json = {"title": text, "part": text, **dict.fromkeys((*_PASSAGES, *_LINES), text)}
    fields |= {name: listed(text, 0, 8) for name in _LISTS}
    fields |= {"tension": {"type": "integer"}, "target_words": {"type": "integer"}}
    return closed({"chapters": listed(closed(fields), count, count)})


def read(answer: Answer, request: ContentsRequest, first: int, count: int) -> Verdict[tuple[OutlinedChapter, ...]]:
    """The chapters from `first` on that are whole and say something of their own; never more than `count`.

    An answer that comes short is worth its whole chapters, whatever the model says about having finished: the next
    batch begins behind them, which costs less than asking for all of them again.
    """
    before = {_told(one.title, one.purpose) for one in request.standing}
    before |= {_told(one.title, one.plan.purpose) for one in request.kept}
    best: list[OutlinedChapter] = []
    twice: list[str] = []
    for found in candidates(answer.text or answer.thoughts):
        chapters, again = _chapters(found, first, count, before, request.words)
        if len(chapters) > len(best):
            best, twice = chapters, again
        elif not best:
            twice = twice or again
    if not best:
        if twice:
            return Verdict(None, "REPEATED_ITSELF", TWICE.format(titles=", ".join(twice[:5])))
        return Verdict(None, "BROKEN_ANSWER" if answer.text.strip() else "EMPTY", SHAPE)
    return Verdict(tuple(best), rank=100)


def shown(text: str, request: ContentsRequest, first: int, count: int) -> tuple[OutlinedChapter, ...]:
    """What can be shown of an answer that still grows."""
    best: list[OutlinedChapter] = []
    for found in candidates(text):
        chapters, _ = _chapters(found, first, count, set(), request.words)
        best = max(best, chapters, key=len)
    return tuple(best)


def _chapters(
    found: Any, first: int, count: int, before: set[str], words: int
) -> tuple[list[OutlinedChapter], list[str]]:
    """(the chapters in order, titles of those that say what was said before)."""
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    kept: list[OutlinedChapter] = []
    twice: list[str] = []
    told = set(before)
    for item in found if isinstance(found, list) else ():
        chapter = _chapter(item, first + len(kept), words) if isinstance(item, Mapping) else None
        if chapter is None:
            continue
        said = _told(chapter.title, chapter.plan.purpose)
        if said in told:
            twice.append(chapter.title)
            continue
        told.add(said)
        kept.append(chapter)
        if len(kept) == count:
            break
    return kept, twice


def _chapter(item: Mapping[str, Any], number: int, words: int) -> OutlinedChapter | None:
    """None for what has no title, or says nothing of what happens."""
    title = _line(item.get("title"))[:LONGEST_TITLE]
    plan: dict[str, Any] = {name: _passage(item.get(name)) for name in _PASSAGES}
    if not title or not (plan["purpose"] or plan["summary"]):
        return None
    plan["purpose"] = plan["purpose"] or plan["summary"]
    plan |= {name: _line(item.get(name)) for name in _LINES}
    plan |= {name: tuple(_each(item.get(name)))[:most] for name, most in _LISTS.items()}
    plan["tension"] = _number(item.get("tension"), 10)
    plan["target_words"] = _number(item.get("target_words"), _MOST_WORDS) or words
    try:
        return OutlinedChapter(number, _line(item.get("part")), title, ChapterPlan.model_validate(plan))
    except ValidationError:
        return None


def _line(value: Any) -> str:
    return " ".join(str(clean(value)).split())[:_LONGEST_LINE] if isinstance(value, str) else ""


def _passage(value: Any) -> str:
    return str(clean(value)).strip()[:_LONGEST_PASSAGE] if isinstance(value, str) else ""


def _each(value: Any) -> Iterable[str]:
    given = value if isinstance(value, list) else [value]
    return dict.fromkeys(line for one in given if (line := _line(one)))


def _number(value: Any, most: int) -> int:
    whole = int(value) if isinstance(value, int | float) and value == value else 0  # noqa: PLR0124  (no NaN)
    return min(max(whole, 0), most)


def _told(title: str, purpose: str) -> str:
    """What a chapter is known by: two with one purpose are one chapter, whatever they are called."""
    said = "".join(char for char in (purpose or title).casefold() if char.isalnum())
    return said[:400]
