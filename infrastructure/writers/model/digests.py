"""A content in a few words, for what a model has to know of it but not to read: title and logline, names, acts."""

from typing import Any

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from domain.genesis.proposals import Content, Feedback

_TABLES = ("acts", "beats", "threads", "chapters", "characters")

_SHORT_NOTE = 60
"""Characters that are left of a shortened note."""


def without_empty(value: Any) -> Any:
    """`value` without empty texts, lists and objects, at any depth: an absent field says the same for less."""
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items() if key != "adjustments_made"}
        return {key: item for key, item in kept.items() if item not in ("", None, [], {})}
    if isinstance(value, list | tuple):
        return [without_empty(item) for item in value]
    return value


def tabled(content: Content) -> Any:
    """A content whose lists of many fields (beats, chapters) are tables, so that each key is told once."""
    return {key: _table(value) if key in _TABLES else value for key, value in content.items()}


def _table(rows: Any) -> Any:
    if not isinstance(rows, list) or len(rows) < 3 or not all(isinstance(row, dict) for row in rows):
        return rows
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return {"columns": columns, "rows": [[row.get(key, "") for key in columns] for row in rows]}


def digest(stage: GenesisStage, content: Content) -> JsonValue:
    """What tells one proposal of a stage from another."""
    given: dict[str, Any] = content
    match stage:
        case GenesisStage.CONCEPT_SELECTION:
            return _some(given, "title", "logline")
        case GenesisStage.STORY_CONCEPTION:
            return _some(given, "working_title", "premise_sentence", "structure")
        case GenesisStage.CHARACTERS:
            return [_some(person, "id", "name", "role") for person in _dicts(given, "characters")]
        case GenesisStage.WORLDVIEW:
            lists = {key: _names(given, key) for key in ("rules", "locations", "factions")}
            return without_empty({"place": (given.get("setting") or {}).get("place"), **lists})  # type: ignore[no-any-return]
        case GenesisStage.PLOT_OUTLINE:
            return without_empty({"structure": given.get("structure"), "acts": _names(given, "acts")})  # type: ignore[no-any-return]
        case _:
            return None


def shortened(note: Feedback) -> str:
    """A note's beginning, up to the end of a sentence or a word: never other words than the writer's own."""
    if len(note.text) <= _SHORT_NOTE:
        return note.text
    head = note.text[:_SHORT_NOTE]
    ends = max(head.rfind(mark) for mark in ".!?。！？")
    if ends >= _SHORT_NOTE // 3:
        return head[: ends + 1] + " …"
    space = head.rfind(" ")
    return head[: space if space > 0 else _SHORT_NOTE].rstrip(" ,;:，；：") + " …"


def _some(value: dict[str, Any], *keys: str) -> dict[str, JsonValue]:
    return {key: value[key] for key in keys if value.get(key)}


def _dicts(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [item for item in value.get(key) or [] if isinstance(item, dict)]


def _names(value: dict[str, Any], key: str) -> list[str]:
    return [str(item["name"]) for item in _dicts(value, key) if item.get("name")]
