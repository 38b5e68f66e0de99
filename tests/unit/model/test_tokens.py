"""Estimates of tokens against counts of real vocabularies, and budgets against what models can read."""

import json
from pathlib import Path
from typing import Any

import pytest

from infrastructure.writers.model.budget import Budget, Cut, budget_for
from infrastructure.writers.model.tokens import family, tokens

COUNTS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "token_counts.json").read_text("utf-8"))
MODELS = {"gpt": "openai:gpt-5-mini", "claude": "anthropic:claude-sonnet-4-5", "open": "qwen3:8b"}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", COUNTS)
def test_an_estimate_is_near_the_real_count(name: str, kind: str) -> None:
    counted = COUNTS[name][kind]
    real = max(counted) if isinstance(counted, list) else counted
    assert 0.8 * real <= tokens(COUNTS[name]["text"], MODELS[kind]) <= 1.2 * real


def test_the_unknown_is_as_greedy_as_any_open_model() -> None:
    text = COUNTS["hi"]["text"]
    assert tokens(text) == tokens(text, "some-model-of-next-year") > tokens(text, "gpt-4o")
    assert tokens("") == 0


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("openai:gpt-4o", "gpt"),
        ("openai:o3", "gpt"),
        ("openai/gpt-oss-20b", "gpt"),
        ("anthropic:claude-sonnet-4-5", "claude"),
        ("openai:qwen2.5-0.5b-instruct", "open"),
        ("gemma3", "open"),
    ],
)
def test_the_family_is_the_models_not_the_protocols(model: str, kind: str) -> None:
    assert family(model) == kind


def test_the_context_is_the_one_set_then_the_one_listed_then_a_cautious_one() -> None:
    assert budget_for("openai:gpt-4o").context == 128_000
    assert budget_for("gpt-4o", own_server=True).context == 8_192, "a name says nothing about a server of one's own"
    assert budget_for("qwen3:8b", own_server=True, context=40_960).context == 40_960
    assert budget_for("nobody-knows-it").context == 32_768


def test_a_small_context_keeps_half_of_itself_for_the_answer() -> None:
    assert Budget(context=4_096).room == 4_096 - 2_048 - 512


def test_the_smallest_cut_that_fits_is_taken() -> None:
    sizes = {Cut.NOTHING: 9_000, Cut.PROPOSALS: 5_000, Cut.NOTES: 1_400}
    sizes |= {Cut.CORE_OF_STAGES: 1_200, Cut.EARLIER_STAGES: 900, Cut.ALL_STAGES: 500}
    assert Budget(context=4_096).fitting(sizes.__getitem__) is Cut.NOTES
    assert Budget(context=512).fitting(sizes.__getitem__) is Cut.ALL_STAGES
