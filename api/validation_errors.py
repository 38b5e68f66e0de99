"""Words what is not valid in a request: where it is and what is wrong with it, never what was in it."""

import re
from collections.abc import Mapping
from typing import Any

from genesis_types.enums import ChapterCommandType, CommandType, ProjectCommandType

_LONGEST_FIELD = 200
_COMMANDS = frozenset((*CommandType, *ProjectCommandType, *ChapterCommandType))
"""What a field's path begins with in an envelope that is told by its command type."""


def field_of(error: Mapping[str, Any]) -> str:
    """Where one of pydantic's errors is, as a dotted path within the body."""
    if str(error["type"]).startswith("union_tag"):
        return "command_type"
    parts = [str(part) for part in error["loc"]]
    if parts and parts[0] in ("body", "query", "path", "header", *_COMMANDS):
        parts = parts[1:]
    return readable(".".join(parts))


def readable(text: str) -> str:
    """A name that came with the request, short enough to show and without lone surrogates."""
    return text[:_LONGEST_FIELD].encode("utf-8", "replace").decode()


def message_of(error: Mapping[str, Any]) -> str:
    """What is wrong there, in pydantic's words where they repeat nothing that was sent."""
    match error["type"]:
        case "union_tag_invalid":  # pydantic's own sentence repeats what was sent
            return f"There is no such command. It is one of: {error['ctx']['expected_tags'].replace(chr(39), '')}."
        case "union_tag_not_found":
            return "Field required"
        case "too_long" | "too_short" if error["ctx"].get("field_type") == "Value":
            # pydantic speaks of a secret's items
            said = re.sub("items? after validation", "characters", str(error["msg"]))
            return readable(said)
        case "string_unicode":
            return "must not contain lone surrogates"
        case _:
            return readable(str(error["msg"]).removeprefix("Value error, "))
