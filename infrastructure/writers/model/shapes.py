"""What one request asks a model for: its schema, what of a half-written answer fits already, and the end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from genesis_types.text import clean
from pydantic import BaseModel
from pydantic_core import from_json

from application.writers import WriterRequest
from domain.genesis.content import ConceptVariant
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.model.asked_fields import AskedFields, asked_fields, inner_model
from infrastructure.writers.model.fitting import ADJUSTMENTS, NOTHING, coerced, unwrapped, valid
from infrastructure.writers.model.parts.step import Step
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import LINE, PASSAGE, Json, closed, listed, object_schema
from infrastructure.writers.model.structure import Structure

_ENDS = tuple(".!?…。！？”’\"'»)）】")


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal that is whole and valid, and what its writer says has changed."""

    content: Content
    adjustments: tuple[str, ...]


class Shape:
    """One content or a list of them, each with its adjustments where it refines. `lean`: few fields, short texts.

    With `step`, one part of a content.
    """

    def __init__(self, request: WriterRequest, *, lean: bool = False, step: Step | None = None) -> None:
        self._step = step
        self._content: type[BaseModel] = step.kind if step else STAGE_BY_KEY[request.work.stage].content
        self.content_name = step.name if step else self._content.__name__
        self.count = max(1, request.work.count)
        self.lean = lean
        self._refines = request.work.kind == "refinement"
        adjusts = step is None or step.adjusts
        self._wrapped = self._refines and adjusts and not issubclass(self._content, ConceptVariant)
        self._request = request
        asked = asked_fields(request, lean=lean)
        self.asked = replace(asked, only=step.only) if step else asked
        self._structure = Structure(request, lean=lean)

    @property
    def keeps_whole(self) -> bool:
        """Whether what is whole of an answer that was cut off is worth keeping: of one content, half is nothing."""
        return self.count > 1

    def schema(self, *, texts: bool = True) -> Json:
        """The JSON schema of the whole answer; `texts`: with longest lengths of texts, which not all servers take."""
        fixed = dict(self._structure.fixed())
        left_out = frozenset() if self._refines else frozenset({"adjustments_made"})
        item = object_schema(self._content, asked=self.asked, texts=texts, fixed=fixed, left_out=left_out)
        if self._step is not None:
            item = self._step.bounded(item)
        changes: Json = listed({"type": "string"}, 1, 8)
        if self._wrapped:
            item = closed({"content": item, "adjustments": changes})
        elif self._refines and self._step is None:
            item["properties"]["adjustments_made"] = changes
            item["required"] = list(item["properties"])
        if self.count == 1:
            return item
        return closed({"proposals": listed(item, self.count, self.count)})

    def read(self, text: str) -> list[Item]:
        """The proposals in an answer, at most `count`: of all that can be read in it, what gives the most."""
        best: list[Item] = []
        for value in candidates(text):
            items: list[Item] = []
            for found in unwrapped(clean(value), self._content):
                item = self._item(found)
                if item is not None and item not in items:
                    items.append(item)
            if len(items) > len(best):
                best = items
            if len(best) >= self.count:
                break
        return best[: self.count]

    def drafts(self, text: str) -> tuple[Content, ...]:
        """What of a half-written answer fits already: one partial content per proposal begun."""
        start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
        if start < 0:
            return ()
        text = text[start + 1 :] if text[start : start + 2] == "{{" else text[start:]
        try:
            value = from_json(text, allow_partial="trailing-strings")
        except ValueError:
            return ()
        found = (self._fitted(one) for one in unwrapped(clean(value), self._content, least=1))
        return tuple(content for content in found if content)[: self.count]

    def _fitted(self, found: Mapping[str, Any]) -> Content:
        inner = found.get("content") if self._wrapped else None
        fitted = coerced(inner if isinstance(inner, dict) else found, self._content)
        if fitted is NOTHING:
            return {}
        completed = self._structure.completed(fitted)
        if self._step is None:
            return dict(completed)
        return {key: value for key, value in completed.items() if key in self._content.model_fields}

    def _item(self, found: Mapping[str, Any]) -> Item | None:
        fitted: Any = self._fitted(found)
        target = self._request.target
        if self.lean:
            fitted = _whole_sentences(fitted)
        if self._step is not None and self._step.fitted is not None:
            fitted = self._step.fitted(fitted)
        elif self._refines and self._step is None and target is not None and (self.lean or self.asked.kept):
            fitted = _carried(fitted, target.content, self._content, self.asked)
        taken = valid(fitted, self._content)
        if taken is None:
            return None
        said: Any = next((found[key] for key in ADJUSTMENTS if found.get(key)), ()) if self._refines else ()
        lines = said if isinstance(said, list) else [said] if isinstance(said, str) else []
        told = tuple(str(line) for line in lines if isinstance(line, str) and line.strip())
        content = taken.model_dump(mode="json", by_alias=True)
        if self._step is not None:
            part = self._step.picked(content)
            return None if part is None else Item(part, told if self._step.adjusts else ())
        return Item(content, told)


def _whole_sentences(value: Any) -> Any:
    """Texts that were cut at their longest length end with their last whole sentence, or are left out."""
    if isinstance(value, dict):
        pairs = ((key, _whole_sentences(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not NOTHING}
    if isinstance(value, list):
        return [item for item in map(_whole_sentences, value) if item is not NOTHING]
    if not isinstance(value, str) or len(value) not in (LINE, PASSAGE) or value.endswith(_ENDS):
        return value
    end = max(value.rfind(mark) for mark in ".!?…。！？")
    return value[: end + 1] if end > 0 else NOTHING


def _carried(new: Any, old: Any, kind: Any, asked: AskedFields) -> Any:
    """`new` with what was not asked for as it was in `old`; items of lists are known by id, key or n."""
    if isinstance(new, dict) and isinstance(old, Mapping):
        kept = {key: value for key, value in old.items() if key not in new and not asked.has(kind, key)}
        fields = getattr(kind, "model_fields", {})
        return kept | {
            key: _carried(value, old[key], inner_model(fields[key].annotation), asked)
            if key in old and key in fields
            else value
            for key, value in new.items()
        }
    if isinstance(new, list) and isinstance(old, list):
        known = {_name(item): item for item in old if _name(item) is not None}
        return [_carried(item, known.get(_name(item)), kind, asked) for item in new]
    return new


def _name(item: Any) -> Any:
    if not isinstance(item, Mapping):
        return None
    return next((item[key] for key in ("id", "key", "n") if key in item), None)
