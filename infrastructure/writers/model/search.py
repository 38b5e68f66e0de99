"""What a search for contradictions asks a model for: its schema, and what of an answer can be read as findings.

Nothing is judged here: whether a quotation stands anywhere is decided by the domain (domain/genesis/found.py).
"""

from collections.abc import Mapping
from typing import Any

from genesis_types.text import clean
from pydantic import JsonValue

from application.writers import WriterRequest
from domain.genesis.found import FoundPair, proven
from domain.genesis.proposals import Content
from infrastructure.writers.model.fitting import NOTHING, coerced, unwrapped, valid
from infrastructure.writers.model.part_kinds import Pair
from infrastructure.writers.model.quality.finding import Finding
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import Json, closed, listed
from infrastructure.writers.model.shapes import Item, Shape
from infrastructure.writers.model.synonyms import FINDINGS

NAME = "Contradictions"
"""The kind of content, where lengths go by it."""

_KEY = "contradictions"
_MOST = (8, 20)  # (lean, full)
_NO_QUOTES = (
    "None of your quotations stands in <confirmed>. Copy both sentences of each finding character for character, from "
    "two places."
)


class SearchShape(Shape):
    """A list of findings, which may be empty: nothing found is an answer. `lean`: a shorter list."""

    def __init__(self, request: WriterRequest, *, lean: bool = False) -> None:
        self.content_name = NAME
        self.count = 1
        self.lean = lean
        self._request = request

    @property
    def keeps_whole(self) -> bool:
        return True

    def schema(self, *, texts: bool = True) -> Json:  # noqa: ARG002  (as of a content)
        text: Json = {"type": "string"}
        one = closed({"quote": text, "other_quote": text, "why": text, "change": {"type": ["string", "null"]}})
        return closed({_KEY: listed(one, 0, _MOST[0 if self.lean else 1])})

    def read(self, text: str) -> list[Item]:
        """One item with all findings that are whole; none where the answer is no list of them."""
        best: list[dict[str, Any]] | None = None
        for at, value in enumerate(candidates(text)):
            found = [pair for one in unwrapped(clean(value), Pair) if (pair := _pair(one)) is not None]
            if found and len(found) > len(best or ()):
                best = found
            elif best is None and _says_nothing(value, alone=at == 0 and text.strip() == "[]"):
                best = []
        if best is None:
            return []
        most = _MOST[0 if self.lean else 1]
        kept: list[JsonValue] = [*best[:most]]
        return [Item({_KEY: kept}, ())]

    def drafts(self, text: str) -> tuple[Content, ...]:  # noqa: ARG002
        """Nothing is shown of a finding before its quotations have been looked for."""
        return ()


def shape_of(request: WriterRequest, *, lean: bool = False) -> Shape:
    """What a whole request, of either kind, asks for."""
    return SearchShape(request, lean=lean) if is_search(request) else Shape(request, lean=lean)


def is_search(request: WriterRequest) -> bool:
    return request.work.kind == "agreement"


def pairs_of(contents: list[Content]) -> tuple[FoundPair, ...]:
    """The findings of a search's one content."""
    listed_ones: Any = contents[0].get(_KEY, []) if contents else []
    return tuple(FoundPair.model_validate(one) for one in listed_ones)


def unproven(request: WriterRequest, contents: list[Content]) -> tuple[Finding, ...]:
    """Asks once more when not one quotation is a quotation: small models tell in their own words what they read."""
    pairs = pairs_of(contents)
    found, _ = proven(pairs, request.confirmed, "")
    return (Finding("NOT_QUOTED", 0, "", _NO_QUOTES, ""),) if pairs and not found else ()


def _pair(found: Mapping[str, Any]) -> dict[str, Any] | None:
    fitted = coerced(found, Pair)
    taken = None if fitted is NOTHING else valid(fitted, Pair)
    return None if taken is None else taken.model_dump()


def _says_nothing(value: Any, *, alone: bool) -> bool:
    """Whether a model says that it has found nothing: its list is there, and empty."""
    if isinstance(value, dict):
        lists = [item for key, item in value.items() if str(key).lower() in FINDINGS and isinstance(item, list)]
        return bool(lists) and not any(lists)
    return alone and value == []
