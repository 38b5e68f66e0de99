"""Measuring a writer: the muse as the baseline, a bad writer with worse figures, and two results side by side."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from application.writers import Draft, Proposed, Spent, WriterError, WriterRequest
from cli.main import app
from domain.genesis.stages import STAGE_ORDER
from infrastructure.operator_error import OperatorError
from infrastructure.writers.evaluation.journey import STEPS, journey, sparks
from infrastructure.writers.evaluation.measuring import Figures
from infrastructure.writers.evaluation.report import as_json, table
from infrastructure.writers.muse.writer import Muse


class Careless:
    """The muse, and everything that a poor model does to its work: the same three times, the lock and the note lost."""

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | Proposed]:
        async for item in Muse().write(replace(request, record=replace_locks(request))):
            if isinstance(item, Proposed):
                first: Any = dict(item.contents[0])
                key = next(iter(first))
                if key in ("title", "working_title"):  # the title, which is locked in the refinement
                    first[key] = "TBD" if request.target is None else "To be determined"
                yield replace(item, contents=(first,) * len(item.contents), cost_usd=None)
            else:
                yield item


def replace_locks(request: WriterRequest) -> Any:
    return request.record.model_copy(update={"locked_paths": (), "lock_base": None})


class Failing:
    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | Proposed]:
        error = WriterError("TRUNCATED", "It broke off.", retryable=False)
        error.spent = Spent({"input_tokens": 900, "output_tokens": 100}, 0.25)
        raise error
        yield


def measured(writer: Any) -> tuple[dict[str, dict[str, Any]], int]:
    figures = {stage: Figures() for stage in STAGE_ORDER}
    steps = []
    asyncio.run(journey(writer, sparks()[1][0], figures, lambda: steps.append(1)))
    return as_json(figures), len(steps)


def test_the_muse_is_whole_distinct_and_keeps_locks() -> None:
    stages, steps = measured(Muse())
    assert steps == STEPS
    for row in stages.values():
        assert (row["shape"], row["locks"], row["language"], row["unrepeated"]) == (1, 1, 1, 1)
        assert row["cost_usd"] == 0
        assert row["failures"] == []
    assert stages["CONCEPT_SELECTION"]["likeness"] < 0.2


def test_a_careless_writer_is_measured_worse() -> None:
    concept = measured(Careless())[0]["CONCEPT_SELECTION"]
    assert (concept["distinct"], concept["likeness"]) == (0, 1)
    assert (concept["unrepeated"], concept["cost_usd"]) == (0, None)
    assert concept["locks"] == 0


def test_a_failure_is_counted_with_what_it_used_and_ends_the_journey() -> None:
    stages, steps = measured(Failing())
    assert steps == STEPS, "a progress bar that reaches its end"
    concept = stages["CONCEPT_SELECTION"]
    assert (concept["shape"], concept["failures"], concept["tokens"], concept["cost_usd"]) == (
        0,
        ["TRUNCATED"],
        1000,
        0.25,
    )
    assert stages["STORY_CONCEPTION"]["shape"] is None, "not measured, which is not nought"


def test_two_results_stand_side_by_side() -> None:
    now: Any = {"CHARACTERS": {"shape": 1.0, "cost_usd": None, "failures": [], "tokens": 1200}}
    then: Any = {"CHARACTERS": {"shape": 0.5, "cost_usd": 0.1, "failures": ["EMPTY"], "tokens": 1200}}
    row = table(now, then).splitlines()[2]
    assert "100% (was 50%)" in row
    assert "unknown (was 0.1)" in row
    assert "– (was EMPTY)" in row
    assert "1,200 |" in row
    assert "was" not in table(now).splitlines()[2]


def test_the_command_keeps_its_result_and_compares_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENESIS_MODEL", raising=False)
    result, markdown = tmp_path / "muse.json", tmp_path / "muse.md"
    ran = CliRunner().invoke(app, ["evaluate", "--sparks", "1", "--json", str(result), "--markdown", str(markdown)])
    assert ran.exit_code == 0, ran.output
    kept = json.loads(result.read_text("utf-8"))
    assert (kept["writer"], kept["sparks"], set(kept["stages"])) == ("muse", 1, {stage.value for stage in STAGE_ORDER})
    assert "| PLOT_OUTLINE | 100% |" in markdown.read_text("utf-8")
    again = CliRunner().invoke(app, ["evaluate", "--sparks", "1", "--compare", str(result)])
    assert again.exit_code == 0
    assert "(was 100%)" not in again.output, "the muse does the same again"


@pytest.mark.parametrize("text", ["", "[]", '{"stages": 3}', '{"stages": {}, "sparks": 2, "version": 1}'])
def test_what_cannot_be_compared_is_refused_before_anything_is_asked(tmp_path: Path, text: str) -> None:
    other = tmp_path / "other.json"
    other.write_text(text)
    ran = CliRunner().invoke(app, ["evaluate", "--sparks", "1", "--compare", str(other)])
    assert isinstance(ran.exception, OperatorError)
    assert ran.exception.code == 2
