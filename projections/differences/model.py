"""The shapes of a difference: changes for people, and JSON Patch operations (RFC 6902) for programs."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class WordRun(_Shape):
    """Consecutive words of a changed text; all kept and removed ones are the text before, kept and added the one after.

    A character of a script without spaces counts as a word.
    """

    op: Literal["kept", "removed", "added"]
    text: str


class Change(_Shape):
    """One value that differs.

    path: a JSON pointer (RFC 6901) in which an item of a list is named by its id, where it has one; else by its place.
    before, after: the values; null where there is none. words: of a changed text.
    before_index, after_index: of an item of a list, its places there.
    """

    kind: Literal["added", "removed", "changed", "moved"]
    path: str
    before: JsonValue = None
    after: JsonValue = None
    words: tuple[WordRun, ...] | None = None
    before_index: int | None = None
    after_index: int | None = None


class Add(_Shape):
    op: Literal["add"] = "add"
    path: str
    value: JsonValue


class Remove(_Shape):
    op: Literal["remove"] = "remove"
    path: str


class Replace(_Shape):
    op: Literal["replace"] = "replace"
    path: str
    value: JsonValue


class Move(_Shape):
    op: Literal["move"] = "move"
    from_: Annotated[str, Field(alias="from")]
    path: str


Operation = Annotated[Add | Remove | Replace | Move, Field(discriminator="op")]


def pointer(path: str, part: str | int) -> str:
    """`path` one step further down (RFC 6901)."""
    return f"{path}/{str(part).replace('~', '~0').replace('/', '~1')}"
