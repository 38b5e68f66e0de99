"""Taking what was rejected out of a text: the sentence that has it, or the word where there is only one sentence."""

import re
from typing import Any

from domain.genesis.proposals import Content
from infrastructure.writers.muse import chinese, english
from infrastructure.writers.muse.wishes import Wishes, rejected_pattern

_KEEP = frozenset(
    {
        "id",
        "role",
        "key",
        "kind",
        "type",
        "status",
        "structure",
        "target_id",
        "parent_id",
        "pov_character_id",
        "location_ids",
        "character_ids",
        "name",
    }
)


def sentences(text: str) -> list[str]:
    """The sentences of a text in either language, each with its closing marks."""
    return [
        part
        for part in re.findall(r".+?(?:[.!?…]+[”’\"]?(?=\s|$)\s*|[。！？]+[”’]?|……|$)", text, flags=re.DOTALL)
        if part
    ]


def scrubbed(content: Content, wishes: Wishes, language: str) -> Content:
    """`content` without anything rejected; ids, roles and keys stay as they are."""
    if not wishes.rejected:
        return content
    return {key: _walk(key, value, wishes, language) for key, value in content.items()}


def _walk(key: str, value: Any, wishes: Wishes, language: str) -> Any:
    if isinstance(value, str):
        return value if key in _KEEP or wishes.allowed(value) else clear(value, wishes, language)
    if isinstance(value, dict):
        return {inner: _walk(inner, item, wishes, language) for inner, item in value.items()}
    if isinstance(value, list):
        if key in _KEEP:
            return value
        cleaned = [_walk("", item, wishes, language) for item in value]
        return [item for item in cleaned if item != ""]
    return value


def clear(text: str, wishes: Wishes, language: str) -> str:
    """A text without its offending sentences; when nothing would be left, without the offending words."""
    kept = "".join(part for part in sentences(text) if wishes.allowed(part)).strip()
    if kept:
        return kept
    for term in wishes.rejected:
        text = rejected_pattern(term).sub("", text)
    polish = chinese.polish if language == "zh" else english.polish
    return polish(re.sub(r"\b(?:the|a|an) (?=[,.;:]|$)", "", text)).strip(" ,，、") or (
        "……" if language == "zh" else "…"
    )
