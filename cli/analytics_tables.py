"""Shows figures as tables: exact numbers, how many cases they are of, and what is not known said as such."""

from collections.abc import Iterable

from rich.table import Table

from projections.analytics.generations import NANO
from projections.analytics.views import (
    FEW,
    ByModel,
    ByStage,
    Case,
    Cases,
    Causes,
    Cost,
    Funnel,
    Spread,
    StageFigures,
    Summary,
)

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def tables(summary: Summary, stages: ByStage, models: ByModel, funnel: Funnel, causes: Causes) -> list[Table]:
    """All figures of one range."""
    return [_stages([*stages.items, summary.figures]), _models(models), _funnel(funnel), _causes(causes)]


def cases_table(found: Cases) -> Table:
    table = _table(f"{found.of}, the newest first", "position", "when", "session", "stage", "what")
    for case in found.items:
        when = f"{case.occurred_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(case.position), when, str(case.session_id), case.stage, _facts(case))
    return table


def dollars(nano: int | None) -> str:
    """Exact, with at least two decimals; `unknown` for None."""
    if nano is None:
        return "unknown"
    whole, rest = divmod(nano, NANO)
    return f"${whole:,}.{f'{rest:09d}'.rstrip('0').ljust(2, '0')}"


def duration(microseconds: int | None) -> str:
    """In its largest two units, rounded down; `–` for None."""
    if microseconds is None:
        return "–"
    seconds = microseconds // 1_000_000
    for place, (size, unit) in enumerate(_UNITS):
        if seconds >= size:
            smaller, name = _UNITS[place + 1] if place + 1 < len(_UNITS) else (1, "s")
            return f"{seconds // size} {unit} {seconds % size // smaller} {name}"
    return f"{seconds} s" if seconds else f"{microseconds // 1000} ms"


def _stages(items: Iterable[StageFigures]) -> Table:
    table = _table(
        "By stage: medians, of how many cases",
        *("stage", "accepted", "rounds", "to 1st proposal", "to acceptance", "edited characters"),
        *("words", "cost", "per word", "failed"),
    )
    for one in items:
        texts = one.texts
        table.add_row(
            one.stage or "all",
            _few(one.accepted),
            _median(one.rounds),
            _median(one.first_proposal, time=True),
            _median(one.confirmation, time=True),
            f"{texts.distance:,} of {texts.proposed_characters:,}",
            f"{texts.confirmed_words:,}",
            _cost(one.cost),
            dollars(one.cost.per_word_nano_usd) if one.cost.n else "–",
            str(one.generations.failed),
        )
    return table


def _models(found: ByModel) -> Table:
    table = _table(
        "By model and version of the prompts",
        *("model", "prompts", "ended", "with proposals", "accepted", "failed", "attempts", "cache hits", "cost"),
    )
    for one in found.items:
        made = one.generations
        table.add_row(
            one.model or "not recorded",
            one.prompt_version or "–",
            _few(made.ended),
            str(made.proposed),
            str(made.accepted),
            str(made.failed),
            f"{made.attempts} in {made.attempts_known}" if made.attempts_known else "unknown",
            f"{made.cache_hits} of {made.tokens_known}",
            _cost(one.cost),
        )
    return table


def _funnel(found: Funnel) -> Table:
    title = f"{found.begun} sessions begun, {found.completed} completed, {found.abandoned} abandoned"
    table = _table(title, "stage", "reached", "proposed", "accepted", "abandoned here", "open here")
    for step in found.steps:
        numbers = (step.reached, step.proposed, step.accepted, step.abandoned, step.open)
        table.add_row(step.stage, *map(str, numbers))
    return table


def _causes(found: Causes) -> Table:
    table = _table("Causes", "of", "code", "n", "sessions")
    for one in found.items:
        table.add_row(one.of, one.code, str(one.n), str(one.sessions))
    return table


def _facts(case: Case) -> str:
    """What a case says beside its event."""
    shown = {name: value for name, value in case if value is not None and name not in _PLACE}
    for name in ("first_proposal", "confirmation"):
        if name in shown:
            shown[name] = duration(shown[name])
    if "cost_nano_usd" in shown:
        shown["cost"] = dollars(shown.pop("cost_nano_usd"))
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in shown.items())


_PLACE = frozenset({"position", "event_id", "session_id", "stage", "occurred_at"})


def _median(spread: Spread, *, time: bool = False) -> str:
    if not spread.n:
        return "–"
    return f"{duration(spread.median) if time else spread.median} of {_few(spread.n)}"


def _few(n: int) -> str:
    return f"{n:,} (few)" if 0 < n < FEW else f"{n:,}"


def _cost(cost: Cost) -> str:
    if not cost.n:
        return "–"
    unknown = f", {cost.unknown} of {cost.n} unknown" if cost.unknown and cost.known_nano_usd is not None else ""
    return dollars(cost.known_nano_usd) + unknown


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    return table
