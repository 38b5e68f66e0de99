"""Text that is none: placeholders, echoed names of the schema, runs of digits, a phrase that goes round and round."""

import re
from collections.abc import Iterator

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.quality.finding import Finding, fields, finding, short
from infrastructure.writers.text_units import units

_NOTHING = re.compile(r"[\s.…·\-–—_*?/]+")
_WHOLE = re.compile(
    r"tb[adc]|to ?do|n/?a|none|null|undefined|unknown|string|text|placeholder|example|"
    r"to be (?:determined|decided|announced|filled)|fill (?:this )?in|待定|待补充|占位符?|未定|无|暂无",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"lorem ipsum|"
    r"\[(?:your|insert|the |character|protagonist|antagonist|name|place|title|city|town|genre)[^\]]{0,40}\]|"
    r"\{\{?[a-z_ ]{2,40}\}?\}|<[a-z]+_[a-z_]+>|\b(?:TBD|TODO|FIXME|XXX)\b|(?:^|\s)\.\.\.\.\.\.",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?:\d[\s,.\-/]{0,2}){16,}")
_ROUND = 4
_FREE = ("/adjustments_made", "/id", "/key", "_id")
_FIXED = ("role", "kind", "type", "status", "structure", "pov", "tense", "term", "name", "key", "id")


def filler(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    language = request.premise.language
    for number, content in enumerate(contents):
        for path, text in fields(content):
            key = path.rsplit("/", 1)[-1]
            if path.startswith(_FREE) or path.endswith(_FREE) or not text:
                continue
            if _is_placeholder(path, key, text):
                yield finding("PLACEHOLDER", number, path, language, example=short(text))
            elif _DIGITS.search(text):
                yield finding("DIGITS", number, path, language, example=short(_DIGITS.search(text)[0]))  # type: ignore[index]
            elif (phrase := loop(text)) is not None:
                yield finding("LOOP", number, path, language, example=short(phrase))


def _is_placeholder(path: str, key: str, text: str) -> bool:
    bare = text.strip().strip(".!。\"'“”[]()")
    if _NOTHING.fullmatch(text) or _INSIDE.search(text):
        return True
    if key in _FIXED or key.isdigit():
        return bool(re.fullmatch(r"tb[ad]|to ?do|string|待定", bare, re.IGNORECASE))
    echo = bare.casefold().replace(" ", "_")
    return bool(_WHOLE.fullmatch(bare)) or (echo == key and "/" not in path[1:])


def loop(text: str) -> str | None:
    """A phrase of up to eight units that stands four times in a row, as models that are stuck write it, or None."""
    found = units(text)
    for length in range(1, 9):
        times = 1
        needed = _ROUND if length > 1 else _ROUND + 1
        for at in range(length, len(found)):
            # a run is as long as the units equal those one phrase before
            times = times + 1 if found[at] == found[at - length] else 1
            if times > length * (needed - 1):
                return " ".join(found[at - length + 1 : at + 1])
    return None
