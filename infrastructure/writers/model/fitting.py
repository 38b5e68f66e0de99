"""Brings a decoded value into a stage's type: keys by their names, kinds of values, and what is optional left out.

Nothing is written here that the model did not write, apart from the ids and numbers that only the structure needs.
"""

import re
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from genesis_types.text import clean
from pydantic import BaseModel, ValidationError

from infrastructure.writers.model.reader import embedded
from infrastructure.writers.model.synonyms import WRAPPED_IN, synonyms_of

NOTHING: Any = object()
ADJUSTMENTS = ("adjustments", "adjustments_made", "changes")
_ROUNDS = 8


def coerced(value: Any, annotation: Any) -> Any:
    """`value` as far as `annotation` has a place for it, or NOTHING. Required parts may still be missing."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return coerced(value, get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        kinds = [option for option in get_args(annotation) if option is not type(None)]
        if value is None or len(kinds) != 1:
            return value
        return coerced(value, kinds[0])
    if value is None:  # how models leave a field out
        return NOTHING
    if origin in (tuple, list):
        return _listed(value, get_args(annotation)[0])
    if origin is Literal:
        return _chosen(value, get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _modelled(value, annotation)
    if annotation in (int, float):
        return _number(value)
    return _text(value) if annotation is str else value


def valid(value: Any, kind: type[BaseModel]) -> BaseModel | None:
    """The strict value, without the optional parts that do not fit; None when a required one does not."""
    for _ in range(_ROUNDS):
        try:
            return kind.model_validate(value)
        except ValidationError as error:
            paths = {_removable(value, kind, problem["loc"]) for problem in error.errors()}
        if None in paths:
            return None
        known = [path for path in paths if path is not None]
        outer = [path for path in known if not any(path[: len(other)] == other for other in known if other != path)]
        # from the last to the first, so that the places of the others stay true
        for path in sorted(outer, key=lambda path: [(isinstance(step, int), step) for step in path], reverse=True):
            _remove(value, path)
    return None


def unwrapped(value: Any, kind: type[BaseModel], least: int = 2, depth: int = 8) -> Iterator[dict[str, Any]]:
    """Every mapping in `value` that has `least` keys of `kind`, out of the lists, wrappers and texts around it."""
    if depth == 0:
        return
    if isinstance(value, str):
        for inner in embedded(value)[:1]:
            yield from unwrapped(inner, kind, least, depth - 1)
    elif isinstance(value, list):
        if (whole := _as_its_list(value, kind)) is not None:
            yield whole
            return
        for inner in value:
            yield from unwrapped(inner, kind, least, depth - 1)
    elif isinstance(value, dict):
        if _looks_like(value, kind, least):
            yield value
            return
        for key, inner in value.items():
            if _key(str(key)) in WRAPPED_IN or len(value) == 1:
                for found in unwrapped(inner, kind, least, depth - 1):
                    yield _named(found, value, kind)


def _looks_like(value: Mapping[str, Any], kind: type[BaseModel], least: int = 2) -> bool:
    keys = {_key(str(key)) for key in value}
    synonyms = synonyms_of(kind)
    required = {name for name, field in kind.model_fields.items() if field.is_required()}
    have = {name for name in required if keys & {name, *synonyms.get(name, ())}}
    return bool(have) and (have == required or len(keys & set(kind.model_fields)) >= min(least, len(required)))


def _as_its_list(value: list[Any], kind: type[BaseModel]) -> dict[str, Any] | None:
    """A bare list of people is a cast: the one field of `kind` is a list of what looks like its items."""
    if len(kind.model_fields) != 1:
        return None
    name, field = next(iter(kind.model_fields.items()))
    item = _plain(get_args(_plain(field.annotation))[0])
    if not (isinstance(item, type) and issubclass(item, BaseModel)):
        return {name: value} if any(isinstance(one, str) for one in value) else None
    return {name: value} if any(isinstance(one, dict) and _looks_like(one, item) for one in value) else None


def _named(found: dict[str, Any], wrapper: Mapping[str, Any], kind: type[BaseModel]) -> dict[str, Any]:
    """`found` with what stands beside it: adjustments, and the title that a small model gave as a tool's name."""
    beside = {str(key): item for key, item in wrapper.items() if _key(str(key)) in ADJUSTMENTS}
    found = beside | found
    name = wrapper.get("name")
    field = next((field for field in ("title", "working_title") if field in kind.model_fields), None)
    if field is None or not isinstance(name, str) or " " not in name.strip():  # "propose" is a tool, not a title
        return found
    return found if _given(found, field, synonyms_of(kind).get(field, ())) is not None else found | {field: name}


def _modelled(value: Any, kind: type[BaseModel]) -> Any:
    if isinstance(value, str):
        inner = next((one for one in embedded(value) if isinstance(one, dict)), None)
        required = [name for name, field in kind.model_fields.items() if field.is_required()]
        if inner is None and len(required) == 1 and kind.model_fields[required[0]].annotation is str:
            return {required[0]: value}
        value = inner
    if not isinstance(value, Mapping):
        return NOTHING
    fitted: dict[str, Any] = {}
    synonyms = synonyms_of(kind)
    for name, field in kind.model_fields.items():
        key = field.alias or name
        given = _given(value, key, (name, *synonyms.get(name, ())))
        inner = NOTHING if given is None else coerced(given, field.annotation)
        if inner is not NOTHING:
            fitted[key] = inner
    return fitted


def _given(value: Mapping[str, Any], key: str, others: Iterable[str]) -> Any:
    if value.get(key) is not None:
        return value[key]
    known = {_key(str(written)): item for written, item in value.items() if item is not None}
    return next((known[name] for name in (key, *others) if name in known), None)


def _key(written: str) -> str:
    """The name of a field, however it was written: "Premise question", "premiseQuestion", "premise-question"."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", written).lower()).strip("_")


def _listed(value: Any, kind: Any) -> Any:
    if isinstance(value, str):
        inner = next((one for one in embedded(value) if isinstance(one, list)), None)
        value = inner if inner is not None else [value] if value.strip() else []
    if isinstance(value, Mapping):  # by key, or by number
        value = [
            {"key": key, **item} if isinstance(item, Mapping) else {"key": key, "summary": item}
            for key, item in value.items()
        ]
    if not isinstance(value, list):
        return NOTHING
    items = (coerced(item, kind) for item in value if item is not None)
    return [item for item in items if item is not NOTHING and item != ""]


def _chosen(value: Any, options: tuple[Any, ...]) -> Any:
    if value in options:
        return value
    return next((option for option in options if isinstance(value, str) and _key(value) == option), NOTHING)


def _number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    found = (
        re.fullmatch(r"\s*(?:about |ca\.? )?(\d[\d,_ ]*(?:\.\d+)?)\s*(?:%|words)?\s*", value)
        if isinstance(value, str)
        else None
    )
    if found is None:
        return NOTHING
    number = float(re.sub(r"[,_ ]", "", found[1]))
    return int(number) if number.is_integer() else number


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value.strip())
    if isinstance(value, bool) or value is None:
        return NOTHING
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return clean("; ".join(item.strip() for item in value))
    return NOTHING


def _removable(value: Any, kind: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[int | str, ...] | None:
    """The path of the innermost optional part at `loc`: a field with a default, or an item of a list."""
    node: Any = value
    annotation: Any = kind
    found: tuple[int | str, ...] | None = None
    for depth, step in enumerate(loc, start=1):
        annotation = _plain(annotation)
        if isinstance(step, int) and isinstance(node, list) and step < len(node):
            found = loc[:depth]
            annotation = get_args(annotation)[0]
        elif isinstance(node, dict) and isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = next((f for name, f in annotation.model_fields.items() if step in (name, f.alias)), None)
            if field is None or step not in node:
                break
            if not field.is_required():
                found = loc[:depth]
            annotation = field.annotation
        else:
            break
        node = node[cast(Any, step)]
    return found


def _remove(value: Any, path: tuple[int | str, ...]) -> None:
    for step in path[:-1]:
        value = value[cast(Any, step)]
    del value[cast(Any, path[-1])]


def _plain(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(option for option in get_args(annotation) if option is not type(None))
        return _plain(annotation)
    return annotation
