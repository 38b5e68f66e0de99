"""Sentences that stand elsewhere already: copied from the bible or the spark, or told twice in one content."""

from collections.abc import Iterator

from application.writers import WriterRequest
from domain.genesis.proposals import Content, resolve
from infrastructure.writers.model.quality.finding import Finding, Severity, fields, finding, short
from infrastructure.writers.text_units import is_dense, normal, sentences, units

_LEAST = 8
_LEAST_DENSE = 14
"""Words, or characters of a dense script, that make a sentence worth comparing: short ones recur by right."""

_FREE = ("/adjustments_made", "/style_guide", "/glossary", "/comparable_titles")
_SEVERAL = 3


def copied(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    """Word for word from what is confirmed. One sentence is a quotation, several are a copy."""
    known = {
        normal(sentence)
        for content in request.confirmed.values()
        for _, text in fields(content)
        for sentence in sentences(text)
        if _long(sentence)
    }
    spark = normal(request.premise.seed)
    locked = _locked(request)
    for number, content in enumerate(contents):
        language = request.premise.language
        found: list[tuple[str, str]] = []
        for path, text in fields(content):
            if path.startswith(_FREE) or text in locked:
                continue
            if len(units(text)) >= 4 and normal(text) == spark:
                yield finding("SPARK_COPIED", number, path, language)
            found += [(path, one) for one in sentences(text) if _long(one) and normal(one) in known]
        if found:
            severity: Severity = "ask" if len(found) >= _SEVERAL else "note"
            path, example = found[0]
            yield finding("COPIED", number, path, language, severity=severity, count=len(found), example=short(example))


def repeated(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    """The same text in two fields of one content."""
    locked = _locked(request)
    for number, content in enumerate(contents):
        seen: dict[str, str] = {}
        found: list[tuple[str, str, str]] = []
        for path, text in fields(content):
            if path.startswith(_FREE) or not _long(text) or text in locked:
                continue
            first = seen.setdefault(normal(text), path)
            if first != path:
                found.append((path, first, text))
        if found:
            path, first, text = found[0]
            yield finding("REPEATED", number, path, request.premise.language, first=first, example=short(text))


def _long(text: str) -> bool:
    return len(units(text)) >= (_LEAST_DENSE if is_dense(text) else _LEAST)


def _locked(request: WriterRequest) -> set[str]:
    base = request.record.lock_base or {}
    values = (resolve(base, path)[1] for path in request.record.locked_paths)
    return {text for value in values for _, text in fields(value)}
