"""The quality gate: what code finds in a model's answer, as a reason for the model and as notes for the writer."""

from collections.abc import Iterable

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.mending import mended
from infrastructure.writers.model.quality.copied import copied, repeated
from infrastructure.writers.model.quality.filler import filler
from infrastructure.writers.model.quality.finding import Finding
from infrastructure.writers.model.quality.language import language
from infrastructure.writers.model.quality.shape import beats, ids, lengths, numbers
from infrastructure.writers.model.quality.twins import twins
from infrastructure.writers.model.quality.worn import worn
from infrastructure.writers.model.search import is_search, unproven

__all__ = ["Finding", "complaint", "findings", "mended", "notes"]

_CHECKS = (language, beats, twins, filler, repeated, copied, ids, numbers, worn, lengths)
"""In the order of their weight: a model is told the first few only."""

_TOLD = 6


_OF_PARTS = (language, beats, filler, repeated, copied, worn, lengths)
"""What can be said of a part before the others are there."""


def findings(request: WriterRequest, contents: list[Content], *, parts: bool = False) -> tuple[Finding, ...]:
    """Everything that is found, the gravest first. Pure: the same answer gives the same findings."""
    if is_search(request):
        return unproven(request, contents)
    checks = _OF_PARTS if parts else _CHECKS
    return tuple(found for check in checks for found in check(request, contents))


def complaint(request: WriterRequest, contents: list[Content]) -> str | None:
    """The text for the model when its answer is worth doing again, else None."""
    return reason(findings(request, contents), several=len(contents) > 1)


def reason(found: Iterable[Finding], *, several: bool = False) -> str | None:
    """What a model is told of findings: each reason once, the first few; `several`: with the proposal's number."""
    told = (
        f"Proposal {one.proposal + 1}: {one.reason}" if several else one.reason
        for one in found
        if one.severity == "ask"
    )
    grave = list(dict.fromkeys(told))
    if not grave:
        return None
    return "\n".join(["Answer again, and mend this:", *(f"- {one}" for one in grave[:_TOLD])])


def notes(found: Iterable[Finding]) -> tuple[str, ...]:
    """What the writer is told of what still stands: each sentence once."""
    return tuple(dict.fromkeys(one.sentence for one in found))
