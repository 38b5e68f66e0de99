"""How much a model can read: as it was told, as it is listed, or a cautious guess; and what is left for its answer."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisStage
from pydantic import ValidationError

from infrastructure.settings import Settings
from infrastructure.writers.model.budget import Budget, budget_for
from infrastructure.writers.model.targets import target_of
from infrastructure.writers.prompt_size import PromptSizes, prompt_size
from tests.support.long_session import SEEDS, long_sessions
from tests.support.writers import request

OWN: dict[str, Any] = {"model": "qwen3:8b", "model_base_url": "http://127.0.0.1:11434/v1"}


def test_a_server_of_ones_own_is_taken_to_read_8192_tokens_until_somebody_says_more() -> None:
    guessed, told = budget_for("qwen3:8b", own_server=True), budget_for("qwen3:8b", own_server=True, context=32_768)
    assert (guessed.context, guessed.told) == (8_192, False)
    assert (told.context, told.told) == (32_768, True)
    assert budget_for("openai:gpt-4o").context == 128_000


def test_an_answer_is_only_cut_to_what_a_context_leaves_where_the_context_is_known() -> None:
    assert Budget(context=8_192).answer_after(5_000) == 8_192 - 5_000 - 1_024
    assert Budget(context=8_192).answer_after(9_000) == 256
    assert Budget(context=8_192, told=False).answer_after(5_000) is None


@pytest.mark.parametrize("language", SEEDS)
async def test_first_requests_and_further_rounds_of_every_stage_fit_into_8192_tokens(language: str) -> None:
    settings = Settings(**OWN)
    for session in await long_sessions(language):
        for asked in (session.first, session.another_round):
            size = prompt_size(target_of(settings), asked)
            assert size.fits, session.stage
            assert size.context == 8_192


async def test_what_would_be_left_out_is_known_before_it_is_sent() -> None:
    plot = next(one for one in await long_sessions("en") if one.stage is GenesisStage.PLOT_OUTLINE)
    small = prompt_size(target_of(Settings(**OWN)), plot.another_round)
    large = prompt_size(target_of(Settings(**OWN, model_context_tokens=65_536)), plot.another_round)
    tiny = prompt_size(target_of(Settings(**OWN, model_context_tokens=2_048)), plot.refinement)
    assert "confirmed" in small.left_out
    assert large.left_out == ()
    assert not tiny.fits


def test_fewer_details_help_only_where_all_are_asked_for() -> None:
    asked = request()
    fewer = replace(asked, work=asked.work.model_copy(update={"fewer_details": True}))
    full, lean = Settings(**OWN, model_profile="full"), Settings(**OWN, model_profile="lean")
    of = ((full, asked), (full, fewer), (lean, asked), (Settings(**OWN), asked))
    sizes = [prompt_size(target_of(settings), one) for settings, one in of]
    assert [size.fewer_helps for size in sizes] == [True, False, False, False]


async def test_the_muse_of_a_command_reads_everything() -> None:
    nobody_is_asked: Any = None
    asked = replace(request(), user_id=UUID(int=1))
    by_muse = replace(asked, work=asked.work.model_copy(update={"writer": "muse"}))
    assert await PromptSizes(Settings(**OWN), nobody_is_asked).of(by_muse) is None


@pytest.mark.parametrize("value", [0, 100, -1, 10**9])
def test_a_context_that_no_model_has_is_refused(value: int) -> None:
    with pytest.raises(ValidationError):
        Settings(model_context_tokens=value)
