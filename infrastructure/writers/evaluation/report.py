"""The result of an evaluation: as JSON to keep and compare, as a table to read."""

from collections.abc import Iterable, Mapping
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.evaluation.measuring import Figures, share

SHARES = ("shape", "distinct", "asked", "rejected", "locks", "language", "length", "unrepeated", "uncopied")
COLUMNS = (*SHARES, "likeness", "requests", "seconds", "tokens", "cost_usd", "failures")


def as_json(figures: Mapping[GenesisStage, Figures]) -> dict[str, dict[str, Any]]:
    """Per stage: shares from 0 to 1, None where nothing was measured; seconds and tokens in all; cost None: unknown.

    `requests`: of the click that took the most.
    """
    return {stage.value: _row(row) for stage, row in figures.items()}


def table(stages: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """Markdown; with an earlier result each figure that differs is followed by the earlier one."""
    lines = [_line(("stage", *COLUMNS)), _line(["---"] * (len(COLUMNS) + 1))]
    for stage, row in stages.items():
        old = (before or {}).get(stage, {})
        lines.append(
            _line([stage, *(_cell(name, row.get(name), old, compared=before is not None) for name in COLUMNS)])
        )
    return "\n".join(lines)


def _row(row: Figures) -> dict[str, Any]:
    shares = {name: share(getattr(row, name)) for name in SHARES}
    return shares | {
        "likeness": round(max(row.likeness), 3) if row.likeness else None,
        "requests": max(row.requests, default=0),
        "seconds": round(row.seconds, 1),
        "tokens": row.tokens,
        "cost_usd": None if row.cost_usd is None else round(row.cost_usd, 6),
        "failures": sorted(row.failures),
    }


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(name: str, value: Any, old: Mapping[str, Any], *, compared: bool) -> str:
    shown = _shown(name, value)
    earlier = _shown(name, old.get(name))
    return f"{shown} (was {earlier})" if compared and name in old and earlier != shown else shown


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "unknown" if name == "cost_usd" else "–"
    if isinstance(value, list):
        return ", ".join(value) or "–"
    return f"{value:.0%}" if name in SHARES else f"{value:,}"
