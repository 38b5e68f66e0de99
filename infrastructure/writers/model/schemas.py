"""The JSON schema of one answer, made for the request: what this stage needs, for a large model or a small one.

All of it is written out: no $defs, no anyOf, no defaults, every key required, nothing else allowed. This is what strict
modes take, and what servers that turn a schema into a grammar take fastest. The lean profile has the required core of
the stage in plain sentences; what it leaves out stays empty, or as it was in what is refined.
"""

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from infrastructure.writers.model.asked_fields import AskedFields

Json = dict[str, Any]

LINE, PASSAGE = 200, 600
"""Characters of a text in the lean profile, for domain texts of at most 400 and 8,000."""

_COUNTS: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {  # (lean, full)
    "characters": ((3, 5), (1, 10)),
    "rules": ((2, 3), (1, 10)),
    "locations": ((3, 5), (1, 12)),
    "factions": ((1, 2), (0, 8)),
    "chapters": ((6, 10), (3, 60)),
    "beats": ((5, 8), (3, 30)),
    "acts": ((2, 4), (2, 6)),
}
_LINES = (0, 8)
_LONGEST_BOUND = 400
"""Longer bounds are left out of the full profile: grammars repeat a rule for each character."""


def object_schema(
    kind: type[BaseModel],
    *,
    asked: AskedFields,
    texts: bool,
    fixed: Mapping[str, Json],
    left_out: frozenset[str] = frozenset(),
) -> Json:
    """The schema of `kind`. `texts`: with their longest lengths; `fixed`: schemas of fields that the request decides.

    A field whose schema in `fixed` is empty is left out, as those in `left_out` are.
    """
    names = [name for name in _names(kind, asked, fixed) if name not in left_out and fixed.get(name) != {}]
    properties: Json = {}
    for name in names:
        field = kind.model_fields[name]
        key = field.alias or name
        if name in fixed:
            properties[key] = fixed[name]
            continue
        bound = next((one.max_length for one in field.metadata if hasattr(one, "max_length")), None)
        properties[key] = _schema(field.annotation, name, bound, asked=asked, texts=texts, fixed=fixed)
    return closed(properties)


def closed(properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def listed(items: Json, least: int, most: int) -> Json:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def one_of(values: list[str]) -> Json:
    return {"type": "string", "enum": values}


def with_any_of(schema: Any) -> Any:
    """`schema` without lists of types, which Anthropic's library refuses to send: "anyOf" says the same."""
    if isinstance(schema, list):
        return [with_any_of(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kinds = schema.get("type")
    if not isinstance(kinds, list):
        return {key: with_any_of(item) for key, item in schema.items()}
    rest = {key: item for key, item in schema.items() if key != "type"}
    return {"anyOf": [{"type": "null"} if kind == "null" else {"type": kind, **rest} for kind in kinds]}


def text_schema(longest: int | None, *, lean: bool, texts: bool) -> Json:
    if not texts or longest is None or (longest > _LONGEST_BOUND and not lean):
        return {"type": "string"}
    short = {400: LINE, 8_000: PASSAGE}.get(longest, longest) if lean else longest
    return {"type": "string", "maxLength": short}


def _names(kind: type[BaseModel], asked: AskedFields, fixed: Mapping[str, Json]) -> list[str]:
    chosen = asked.names(kind)
    # an id that the request asks for stands first, so that a refined item is known as what it was
    first = ["id"] if "id" in fixed and "id" in kind.model_fields and "id" not in chosen else []
    return first + chosen


def _schema(
    annotation: Any, name: str, bound: int | None, *, asked: AskedFields, texts: bool, fixed: Mapping[str, Json]
) -> Json:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        found = _longest(more)
        return _schema(inner, name, bound if found is None else found, asked=asked, texts=texts, fixed=fixed)
    if origin in (Union, types.UnionType):
        kind = next(option for option in get_args(annotation) if option is not type(None))
        return {**_schema(kind, name, bound, asked=asked, texts=texts, fixed=fixed), "type": ["string", "null"]}
    if origin in (tuple, list):
        low, high = _COUNTS[name][0 if asked.lean else 1] if name in _COUNTS else _LINES
        inner = _schema(get_args(annotation)[0], name, None, asked=asked, texts=texts, fixed=fixed)
        return listed(inner, low, high)
    if origin is Literal:
        return one_of(list(get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return object_schema(annotation, asked=asked, texts=texts, fixed=fixed)
    if annotation in (int, float):
        return {"type": "integer" if annotation is int else "number"}
    return text_schema(bound, lean=asked.lean, texts=texts)


def _longest(metadata: list[Any]) -> int | None:
    for one in metadata:
        for part in (one, *getattr(one, "metadata", ())):
            if isinstance(found := getattr(part, "max_length", None), int):
                return found
    return None
