"""Reads what a model finds in a scene: typed, each with quotations that have to stand where it says they do."""

from collections.abc import Iterator, Sequence
from typing import Any

from application.chapter_writers import ChapterRequest
from domain.genesis.quotes import places
from domain.prose.critique import Finding
from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.chapter.tries import Verdict
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import Json, closed

MOST_FINDINGS = 6
_KINDS = ("PLAN", "STYLE", "CONTINUITY")
_LONGEST = 400


def schema() -> Json:
    text: Json = {"type": "string"}
    kind: Json = {"type": "string", "enum": list(_KINDS)}
    finding = closed({"kind": kind, "quote": text, "against": text, "about": text})
    return closed({"findings": {"type": "array", "items": finding, "maxItems": MOST_FINDINGS}})


def read(
    answer: Answer, paragraphs: Sequence[str], request: ChapterRequest, aim: str, before: Sequence[str]
) -> Verdict[tuple[Finding, ...]]:
    """What holds of an answer: a finding whose quotation does not stand in its place is dropped."""
    for found in candidates(answer.text or answer.thoughts):
        told = found.get("findings") if isinstance(found, dict) else found
        if isinstance(told, list) and all(isinstance(one, dict) for one in told):
            held = (_held(one, paragraphs, request, aim, before) for one in told)
            return Verdict(tuple(dict.fromkeys(one for one in held if one is not None))[:MOST_FINDINGS])
    return Verdict(None, "BROKEN_ANSWER" if answer.text.strip() else "EMPTY")


def _held(
    told: dict[str, Any], paragraphs: Sequence[str], request: ChapterRequest, aim: str, before: Sequence[str]
) -> Finding | None:
    kind, about = told.get("kind"), " ".join(str(told.get("about") or "").split())[:_LONGEST]
    if kind not in _KINDS or not about:
        return None
    quote = _standing(str(told.get("quote") or ""), paragraphs)
    plan = (aim, *map(str, request.plan.model_dump(exclude={"target_words", "tension"}).values()))
    against = _standing(str(told.get("against") or ""), plan if kind == "PLAN" else (*_established(request), *before))
    if kind == "PLAN" and against:
        return Finding(code="PLAN", about=about, against=against)
    if kind == "STYLE" and quote:
        return Finding(code="STYLE", about=about, quote=quote)
    if kind == "CONTINUITY" and quote and against:
        return Finding(code="CONTINUITY", about=about, quote=quote, against=against)
    return None


def _established(request: ChapterRequest) -> Iterator[str]:
    """All that a scene may contradict."""
    book = request.book
    yield from (one.sentence for one in request.known)
    yield from (one.summary for one in request.earlier)
    yield from (one.said for one in (*book.people, *book.places))
    yield from (*book.rules, *request.before)


def _standing(quote: str, texts: Sequence[str]) -> str:
    """The words as they stand there; "" where they do not."""
    found = next((place for text in texts for place in places({"text": text}, quote)), None)
    return found.quote[:_LONGEST] if found is not None else ""
