"""`genesis evaluate`: the same sparks through every stage with the writer of the settings, and what came of them."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from genesis_types.enums import GenesisStage
from rich.console import Console
from rich.progress import Progress

from domain.genesis.stages import STAGE_ORDER
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from infrastructure.writers.evaluation.journey import STEPS, journey, sparks
from infrastructure.writers.evaluation.measuring import Figures
from infrastructure.writers.evaluation.report import as_json, table
from infrastructure.writers.factory import make_writer


def main(count: int | None, json_file: Path | None, markdown_file: Path | None, compare: Path | None) -> int:
    """Exit code 0 when every stage of every spark came, 1 otherwise. The progress goes to the standard error."""
    before = _earlier(compare) if compare is not None else None
    settings = Settings(muse_pace_seconds=0)
    version, all_sparks = sparks()
    chosen = all_sparks[:count]
    if before is not None and (before["sparks"], before["version"]) != (len(chosen), version):
        raise OperatorError(
            "That result is of other sparks.", f"Make it again, with --sparks {len(chosen)}, to compare.", code=2
        )
    figures = {stage: Figures() for stage in STAGE_ORDER}
    asyncio.run(_run(settings, chosen, figures))
    stages = as_json(figures)
    result: dict[str, Any] = {
        "writer": settings.model,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version,
        "sparks": len(chosen),
        "stages": stages,
    }
    shown = table(stages, before["stages"] if before is not None else None)
    if json_file is not None:
        json_file.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if markdown_file is not None:
        markdown_file.write_text(f"# {settings.model}, {len(chosen)} sparks\n\n{shown}\n", encoding="utf-8")
    typer.echo(shown)
    return 1 if any(row.failures for row in figures.values()) else 0


async def _run(settings: Settings, chosen: list[Any], figures: dict[GenesisStage, Figures]) -> None:
    writer = make_writer(settings)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(settings.model, total=len(chosen) * STEPS)
        for spark in chosen:
            await journey(writer, spark, figures, lambda: progress.advance(task))


def _earlier(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("stages"), dict)
        or not {"sparks", "version"} <= found.keys()
    ):
        raise OperatorError(f"{path} is no result of `genesis evaluate --json`.", "Name such a file.", code=2)
    return found
