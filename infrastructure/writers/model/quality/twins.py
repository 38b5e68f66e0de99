"""Proposals that say the same: near-duplicates of each other, of an earlier one, or of the one to be refined."""

from collections.abc import Iterator

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.quality.finding import Finding, fields, finding
from infrastructure.writers.text_units import grams, normal, overlap

NEAR = 0.35
"""From this share of common n-grams on, two proposals are one: different ones of real models have under 0.1."""

_EARLIER = 24


def twins(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    language = request.premise.language
    if request.target is not None:
        before = _story(request.target.content)
        for number, content in enumerate(contents):
            if normal(before) == normal(_story(content)):
                yield finding("UNCHANGED", number, "", language)
        return
    known = [grams(_story(one.content)) for one in request.record.proposals[-_EARLIER:]]
    mine = [grams(_story(content)) for content in contents]
    for number, own in enumerate(mine):
        for other, others in enumerate(mine[:number]):
            if overlap(own, others) >= NEAR:
                yield finding("TWINS", number, "", language, number=number + 1, other=other + 1)
                break
        else:
            if any(overlap(own, one) >= NEAR for one in known):
                yield finding("AGAIN", number, "", language, number=number + 1)


def likeness(contents: list[Content]) -> float:
    """The greatest overlap of two contents, 0 to 1."""
    sets = [grams(_story(content)) for content in contents]
    return max((overlap(one, two) for at, one in enumerate(sets) for two in sets[:at]), default=0.0)


def _story(content: Content) -> str:
    return "\n".join(text for path, text in fields(content) if not path.startswith("/adjustments_made"))
