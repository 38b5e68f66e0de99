"""A stage's content while it comes from a model: the type asked for, what of a half-written answer fits, and the end.

A model's JSON is forgiven what costs nothing (unknown keys, nulls, NUL characters); the rest the strict type judges.
"""

import json
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from genesis_types.text import clean
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic_core import from_json

from application.writers import WriterRequest
from domain.genesis.content import ConceptVariant, Lines
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_BY_KEY

_NOTHING: Any = object()
_CLOSED = ConfigDict(extra="forbid")


class Shape:
    """What is asked for: one content or a list, each with its adjustments where the stage has no place for them.

    `type` is the strict type of the whole answer.
    """

    def __init__(self, request: WriterRequest) -> None:
        self._content: type[BaseModel] = STAGE_BY_KEY[request.work.stage].content
        self.content_name = self._content.__name__
        self.count = max(1, request.work.count)
        self.refines = request.work.kind == "refinement"
        self._wrapped = self.refines and not issubclass(self._content, ConceptVariant)
        item: type[BaseModel] = self._content
        if self._wrapped:
            item = create_model(
                f"Refined{self._content.__name__}",
                __config__=_CLOSED,
                content=(self._content, ...),
                adjustments=(Lines, Field(description="What changed, and which wish it answers.")),
            )
        self._listed = self.count > 1
        self.type: type[BaseModel] = item
        if self._listed:
            # A few more than asked for are a small fault: they are left off.
            bounds = Field(min_length=self.count, max_length=self.count + 10)
            self.type = create_model("Proposals", __config__=_CLOSED, proposals=(Annotated[list[item], bounds], ...))

    def prepared(self, raw: str | dict[str, Any]) -> str | dict[str, Any]:
        """An answer for the strict type: clean text, no unknown keys, no nulls. Broken JSON is given back as it is."""
        try:
            # Not pydantic's parser: it refuses lone surrogates, which are to be taken out.
            value = json.loads(raw) if isinstance(raw, str) else raw
        except ValueError:
            return raw
        value = clean(value)
        fitted = _fit(value, self.type, draft=False)
        return cast(dict[str, Any], fitted) if isinstance(fitted, dict) else raw

    def drafts(self, raw: str | dict[str, Any]) -> tuple[Content, ...]:
        """What of a half-written answer fits already: one partial content per proposal begun."""
        try:
            value = from_json(raw, allow_partial="trailing-strings") if isinstance(raw, str) else raw
        except ValueError:
            return ()
        fitted = _fit(clean(value), self.type, draft=True)
        if not isinstance(fitted, dict):
            return ()
        items = fitted.get("proposals", []) if self._listed else [fitted]
        return tuple(item.get("content", {}) if self._wrapped else item for item in items[: self.count])

    def result(self, answer: BaseModel) -> tuple[tuple[Content, ...], tuple[tuple[str, ...], ...]]:
        """(contents, adjustments) of a validated answer."""
        items: list[Any] = cast(Any, answer).proposals[: self.count] if self._listed else [answer]
        contents = [item.content if self._wrapped else item for item in items]
        said = [
            item.adjustments if self._wrapped else getattr(item, "adjustments_made", ()) if self.refines else ()
            for item in items
        ]
        return (
            tuple(content.model_dump(mode="json", by_alias=True) for content in contents),
            tuple(tuple(lines) for lines in said),
        )


def _fit(value: Any, annotation: Any, *, draft: bool) -> Any:
    """`value` with what `annotation` has no place for left out; a draft also loses what is of the wrong kind."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _fit(value, get_args(annotation)[0], draft=draft)
    if origin in (Union, types.UnionType):
        return _fit_union(value, get_args(annotation), draft=draft)
    if origin in (tuple, list):
        if not isinstance(value, list):
            return _NOTHING if draft else value
        items = (_fit(item, get_args(annotation)[0], draft=draft) for item in value if item is not None)
        return [item for item in items if item is not _NOTHING]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not isinstance(value, Mapping):
            return _NOTHING if draft else value
        return _fit_model(value, annotation, draft=draft)
    return value if not draft or _is_a(value, annotation) else _NOTHING


def _fit_union(value: Any, options: tuple[Any, ...], *, draft: bool) -> Any:
    if value is None and type(None) in options:
        return None
    kinds = [option for option in options if option is not type(None)]
    return _fit(value, kinds[0], draft=draft) if len(kinds) == 1 else value


def _fit_model(value: Mapping[str, Any], model: type[BaseModel], *, draft: bool) -> dict[str, Any]:
    fitted: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        given = value.get(key, value.get(name, _NOTHING))
        if given is None:  # how models leave a field out
            given = _NOTHING
        inner = _NOTHING if given is _NOTHING else _fit(given, field.annotation, draft=draft)
        if inner is not _NOTHING:
            fitted[key] = inner
    return fitted


def _is_a(value: Any, annotation: Any) -> bool:
    if get_origin(annotation) is Literal:
        return value in get_args(annotation)
    if annotation in (int, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, annotation) if isinstance(annotation, type) else True
