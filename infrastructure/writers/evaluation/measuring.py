"""What one answer is worth, in figures; each is a share from 0 to 1, where 1 is good, or a count."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from application.writers import WriterRequest
from domain.genesis.proposals import Content, resolve
from infrastructure.writers.contents import texts
from infrastructure.writers.model.checks import findings
from infrastructure.writers.model.quality.twins import likeness

_LENGTH = {"LOGLINE", "TOO_SHORT"}
_REPETITION = {"REPEATED", "LOOP", "TWINS", "AGAIN", "DIGITS", "PLACEHOLDER"}
_COPIES = {"COPIED", "SPARK_COPIED"}


@dataclass(slots=True)
class Figures:
    """Each list has a value per answer: True where it was good. `likeness` is the greatest overlap of a round."""

    shape: list[bool] = field(default_factory=list)
    distinct: list[bool] = field(default_factory=list)
    asked: list[bool] = field(default_factory=list)
    rejected: list[bool] = field(default_factory=list)
    locks: list[bool] = field(default_factory=list)
    language: list[bool] = field(default_factory=list)
    length: list[bool] = field(default_factory=list)
    unrepeated: list[bool] = field(default_factory=list)
    uncopied: list[bool] = field(default_factory=list)
    likeness: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    """How often a model was asked for each click, none for a writer that asks nobody."""
    seconds: float = 0.0
    tokens: int = 0
    cost_usd: float | None = 0.0
    failures: list[str] = field(default_factory=list)


def judge(figures: Figures, request: WriterRequest, contents: Sequence[Content]) -> None:
    """The figures of a round: how many came of those asked for, and what code finds in them."""
    given = list(contents)
    codes = {one.code for one in findings(request, given)}
    figures.shape += [number < len(given) for number in range(request.work.count)]
    figures.language.append("LANGUAGE" not in codes)
    figures.length.append(not codes & _LENGTH)
    figures.unrepeated.append(not codes & _REPETITION)
    figures.uncopied.append(not codes & _COPIES)
    if len(given) > 1:
        figures.likeness.append(likeness(given))
        figures.distinct.append("TWINS" not in codes)


def judge_refinement(
    figures: Figures, request: WriterRequest, content: Content, *, asked: str, rejected: str | None
) -> None:
    """Whether what was asked for is there, what was rejected is gone, and what was locked is word for word the same."""
    told = "\n".join(texts({key: value for key, value in content.items() if key != "adjustments_made"})).casefold()
    figures.asked.append(asked.casefold() in told)
    if rejected is not None:
        figures.rejected.append(rejected.casefold() not in told)
    base = request.record.lock_base or {}
    figures.locks += [resolve(content, path) == resolve(base, path) for path in request.record.locked_paths]


def share(values: Sequence[bool]) -> float | None:
    """None: nothing was measured."""
    return round(sum(values) / len(values), 3) if values else None
