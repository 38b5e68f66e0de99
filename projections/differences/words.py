"""Compares two texts word by word. Pure; the effort is bounded, whatever the texts are."""

import re
from itertools import pairwise
from math import isqrt

from projections.differences.alignment import aligned
from projections.differences.model import WordRun

# scripts that are written without spaces: a character is a word
_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+(?:['’][^\W{_ALONE}]+)*|\s+|.", re.DOTALL)

EFFORT = 1_500_000
"""Steps for all texts of one comparison, about a second: the sum of the squares of their edits."""


class Words:
    """Compares the texts of one comparison, which share one allowance of effort.

    A text with more edits than what is left of it allows is shown as replaced between the common beginning and end.
    """

    def __init__(self, effort: int = EFFORT) -> None:
        self._left = effort

    def runs(self, before: str, after: str) -> tuple[WordRun, ...]:
        """What was kept, removed and added, in order; removed words stand before those that took their place."""
        one, other = _WORD.findall(before), _WORD.findall(after)
        pairs, edits = aligned(one, other, isqrt(self._left))
        self._left -= min(edits * edits, self._left)
        runs: list[tuple[str, str]] = []
        for (x, y), (next_x, next_y) in pairwise([(-1, -1), *pairs, (len(one), len(other))]):
            _add(runs, "removed", "".join(one[x + 1 : next_x]))
            _add(runs, "added", "".join(other[y + 1 : next_y]))
            _add(runs, "kept", "".join(one[next_x : next_x + 1]))
        return tuple(WordRun.model_validate({"op": op, "text": text}) for op, text in _without_crumbs(runs))


def _add(runs: list[tuple[str, str]], op: str, text: str) -> None:
    if not text:
        return
    if runs and runs[-1][0] == op:
        runs[-1] = (op, runs[-1][1] + text)
    else:
        runs.append((op, text))


def _without_crumbs(runs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Changed words with nothing but a space between them are one change."""
    found: list[tuple[str, str]] = []
    removed = added = ""
    for number, (op, text) in enumerate(runs):
        if op == "removed":
            removed += text
        elif op == "added":
            added += text
        elif text.isspace() and (removed or added) and number + 1 < len(runs):
            removed, added = removed + text, added + text
        else:
            _add(found, "removed", removed)
            _add(found, "added", added)
            _add(found, "kept", text)
            removed = added = ""
    _add(found, "removed", removed)
    _add(found, "added", added)
    return found
