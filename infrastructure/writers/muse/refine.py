"""A refinement: what the feedback changes is changed, everything else stays as the writer saw it.

The muse can write the text that the target came from once more, without and with the new feedback; where the two
differ, the difference is the feedback's doing (a three-way merge). Text from elsewhere keeps what it does not touch.
"""

import copy
import re
from collections.abc import Callable, Set
from typing import Any

from domain.genesis.proposals import Content, overlay, resolve
from infrastructure.writers.muse.spark import sentences

Swaps = tuple[tuple[str, str], ...]


def merged(base: Any, new: Any, target: Any, swaps: Swaps) -> Any:
    """`target` with the difference between `base` and `new`."""
    if base == new:
        return swapped(target, swaps)
    if isinstance(new, dict) and isinstance(base, dict) and isinstance(target, dict):
        keys = [*target, *(key for key in new if key not in target)]
        return {
            key: merged(base.get(key), new.get(key), target[key], swaps) if key in target else new[key] for key in keys
        }
    if isinstance(new, list) and isinstance(base, list) and isinstance(target, list):
        return _merged_list(base, new, target, swaps)
    if target == base:
        return new
    if isinstance(base, str) and isinstance(new, str) and isinstance(target, str) and new.startswith(base):
        return swapped(target, swaps) + new[len(base) :]
    return swapped(target, swaps)  # the writer's own words: nothing but the names in them changes


def _merged_list(base: list[Any], new: list[Any], target: list[Any], swaps: Swaps) -> list[Any]:
    named = all(isinstance(item, dict) and "id" in item for item in (*base, *new, *target))
    if named:
        old = {item["id"]: item for item in base}
        mine = {item["id"]: item for item in target}
        kept = [
            merged(old.get(item["id"]), item, mine[item["id"]], swaps) if item["id"] in mine else item
            for item in new
            if item["id"] in mine or item["id"] not in old  # what the writer has taken out stays out
        ]
        names = {item["id"] for item in kept}
        own = [item for item in target if item["id"] not in names and item["id"] not in old]
        return [*kept, *swapped(own, swaps)]
    if len(base) == len(new) == len(target):
        return [merged(*triple, swaps) for triple in zip(base, new, target, strict=True)]
    return new if target == base else swapped(target, swaps)


def swapped(value: Any, swaps: Swaps) -> Any:
    """`value` with old names replaced by new ones, in every string; ids stay."""
    if isinstance(value, str):
        every = "|".join(rf"\b{re.escape(old)}\b" if old.isascii() else re.escape(old) for old, _ in swaps)
        return re.sub(every, lambda match: dict(swaps)[match[0]], value) if swaps else value
    if isinstance(value, dict):
        return {
            key: item if key in ("id", "target_id", "parent_id") else swapped(item, swaps)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [swapped(item, swaps) for item in value]
    return value


def at_path(target: Content, changed: Content, path: str) -> Content:
    """`target` with only the value at `path` taken from `changed`."""
    found, _ = resolve(changed, path)
    return overlay(copy.deepcopy(target), changed, (path,)) if found else target


_FIXED = ("id", "role", "key", "kind", "type", "status", "structure", "name")


def without(allowed: Callable[[str], bool], content: Any) -> Any:
    """`content` without the sentences, the writer's own too, that are not allowed; ids and names stay."""
    if isinstance(content, str):
        parts = sentences(content)
        kept = [part for part in parts if allowed(part)]
        return content if len(kept) == len(parts) else "".join(kept).strip()
    if isinstance(content, list):
        return [item for item in (without(allowed, item) for item in content) if item != ""]
    if isinstance(content, dict):
        fixed = {key for key in content if key in _FIXED or key.endswith(("_id", "_ids"))}
        return {key: item if key in fixed else without(allowed, item) or item for key, item in content.items()}
    return content


def first_time(own: Set[str]) -> Callable[[str], bool]:
    """For `without`: allows each of the muse's `own` sentences once, and whatever the writer wrote."""
    said: set[str] = set()

    def allowed(sentence: str) -> bool:
        again = sentence.strip() in said
        said.update(own & {sentence.strip()})
        return not again

    return allowed
