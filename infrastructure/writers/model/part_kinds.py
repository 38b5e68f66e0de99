"""The shapes of what is no content by itself: a plot without its chapters, chapters without a plot, and a finding."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from domain.genesis.content import Act, Beat, Lines, Part, PlannedChapter, Structure, Thread

_WHOLE: dict[type[BaseModel], type[BaseModel]] = {}


class Beats(Part):
    """A plot outline without its chapters."""

    structure: Structure = "three_act"
    acts: Annotated[tuple[Act, ...], Field(max_length=12)] = ()
    beats: Annotated[tuple[Beat, ...], Field(min_length=1, max_length=60)]
    subplots: Lines = ()
    threads: Annotated[tuple[Thread, ...], Field(max_length=60)] = ()


class Chapters(Part):
    """Some chapters of a plot outline, in their order."""

    chapters: Annotated[tuple[PlannedChapter, ...], Field(min_length=1, max_length=500)]


class Pair(Part):
    """Two quotations that contradict each other; `change`: what could stand instead of the first."""

    quote: Annotated[str, Field(min_length=1, max_length=1_000)]
    other_quote: Annotated[str, Field(min_length=1, max_length=1_000)]
    why: Annotated[str, Field(max_length=1_000)] = ""
    change: Annotated[str | None, Field(max_length=2_000)] = None


class Concerns(Part):
    """What a refinement has to change, by the labels under which it was told."""

    change: Annotated[Lines, Field(min_length=1)]


@lru_cache
def part_kind(whole: type[BaseModel], names: tuple[str, ...]) -> type[BaseModel]:
    """Some fields of a content as a shape of their own. The first of them is required, the others as they are."""
    fields: Any = {}
    for name in names:
        field = whole.model_fields[name]
        annotation = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        required = name == names[0] or field.is_required()
        fields[name] = (annotation, ... if required else field.get_default(call_default_factory=True))
    kind = create_model(f"{whole.__name__}Part", __base__=Part, **fields)
    _WHOLE[kind] = whole
    return kind


def whole_of(kind: type[BaseModel]) -> type[BaseModel] | None:
    """Of which content a shape has some fields; None: it is no such shape."""
    return _WHOLE.get(kind)
