"""Finds the JSON in what a model said, whatever stands around it. Structure is repaired, content never guessed.

Values are decoded where they begin, not cut out by position: words before and after, fences, tags, braces in thoughts
and a doubled first brace all fall away by themselves. What cannot be decoded as it stands is repaired by json-repair
(https://github.com/mangiucugna/json_repair) when it is closed, and only if every text in it stands in the answer.
What the end of the answer cut off is left out: no half sentence is passed on.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from json_repair import loads as repaired

LONGEST = 400_000
"""Characters of an answer that are looked at."""

_MOST_OPENINGS = 400
_LONGEST_REPAIR = 60_000
_MOST_REPAIRS = 8
_MOST_CLOSINGS = 24
_DECODER = json.JSONDecoder(strict=False)  # strings may hold raw line breaks and tabs
_OPENING = re.compile(r"[{\[]")
_END_OF_THOUGHT = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_CLOSERS = {"{": "}", "[": "]"}


def candidates(text: str) -> list[Any]:
    """Every object and list in `text`, the likeliest first.

    What stands whole comes before what had to be repaired, what follows the model's thoughts before what is in them,
    and what was said first before what was said later. The last candidate is the list of all objects that are whole
    inside of something that is not.
    """
    text = _unquoted(text[:LONGEST])
    whole, starts = _decoded(text)
    thought = _thoughts_end(text, [(start, end) for start, end, _ in whole])
    broken = [(start, _closing(text, start)) for start in starts[:_MOST_CLOSINGS]]

    def inside(at: int) -> bool:
        if text[:at].rstrip()[-1:] == "{":  # a doubled brace is never JSON: what follows it stands for itself
            return False
        return any(start < at < (end or len(text) + 1) and not start < thought <= at for start, end in broken)

    whole.sort(key=lambda found: (found[0] < thought, found[0]))
    found = [value for start, _, value in whole if not inside(start)]
    found += _repairs(text, sorted(broken, key=lambda span: (span[0] < thought, span[0])))
    pieces = [value for start, _, value in whole if inside(start)]
    found += pieces
    if len(pieces) > 1:
        found.append([value for value in pieces if isinstance(value, dict)])
    return found


def embedded(value: str) -> list[Any]:
    """The candidates of a text that is itself JSON, as models write it into a string. Nothing for prose."""
    stripped = value.strip()
    return candidates(stripped) if stripped[:1] in ("{", "[", "`") else []


def _unquoted(text: str) -> str:
    """An answer that is one JSON string is what stands in the string."""
    stripped = text.strip()
    if stripped[:1] == '"':
        try:
            value = json.loads(stripped, strict=False)
        except ValueError:
            return text
        return value if isinstance(value, str) else text
    return text


def _decoded(text: str) -> tuple[list[tuple[int, int, Any]], list[int]]:
    """([(start, end, value)] of what is whole, [start] of what does not decode)."""
    whole: list[tuple[int, int, Any]] = []
    broken: list[int] = []
    at = 0
    for _ in range(_MOST_OPENINGS):
        opening = _OPENING.search(text, at)
        if opening is None:
            break
        start = opening.start()
        try:
            value, end = _DECODER.raw_decode(text, start)
        except RecursionError:  # nobody's proposal is so deep
            break
        except ValueError:
            broken.append(start)
            at = start + 1
            continue
        whole.append((start, end, value))
        at = end
    return whole, broken


def _thoughts_end(text: str, values: list[tuple[int, int]]) -> int:
    """Where the last thought ends, 0 where there is none. A mark inside of a value is part of the story."""
    marks = [mark.end() for mark in _END_OF_THOUGHT.finditer(text)]
    outside = [mark for mark in marks if not any(start < mark < end for start, end in values)]
    return outside[-1] if outside else 0


def _repairs(text: str, broken: list[tuple[int, int | None]]) -> Iterator[Any]:
    done = 0
    tried_to = -1
    for start, end in broken:
        if end is None or end <= tried_to or end - start > _LONGEST_REPAIR:
            continue
        if done == _MOST_REPAIRS:
            return
        done += 1
        value = _repaired(text[start:end])
        if value is not None:
            tried_to = end  # what is inside of it needs no repair of its own
            yield value


def _repaired(text: str) -> Any:
    try:
        value = repaired(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict | list) or not value:
        return None
    said = _letters(text)
    return value if all(_letters(part) in said for part in _strings(value)) else None


def _letters(text: str) -> str:
    r"""`text` without what repairing may move: white space, quotes, escapes and the marks of JSON."""
    decoded = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"\\[nrtbf]|\W", "", decoded)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _closing(text: str, start: int) -> int | None:
    """The end of what is opened at `start`; None when the answer ended first."""
    open_marks: list[str] = []
    in_string = escaped = False
    for at in range(start, min(len(text), start + _LONGEST_REPAIR)):
        mark = text[at]
        if in_string:
            if escaped:
                escaped = False
            elif mark == "\\":
                escaped = True
            elif mark == '"':
                in_string = False
        elif mark == '"':
            in_string = True
        elif mark in _CLOSERS:
            open_marks.append(_CLOSERS[mark])
        elif mark in "}]":
            if mark in open_marks:  # a closer that was forgotten inside
                while open_marks.pop() != mark:
                    pass
            if not open_marks:
                return at + 1
    # A quote inside of a sentence turns the count around: the answer itself may still be closed.
    tail = re.sub(r"[\s`]+$|(\s*</?\w+>\s*)+$", "", text)
    return len(tail) if in_string and tail.endswith(_CLOSERS[text[start]]) and len(tail) > start else None
