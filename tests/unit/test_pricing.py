"""Prices: the worst case before, at the right tier; what was used after; unknown is never nothing."""

from decimal import Decimal
from typing import Any

import pytest
from genesis_types.enums import GenesisStage
from pydantic import ValidationError

from infrastructure.operator_error import OperatorError
from infrastructure.settings import LONGEST_PAID_ANSWER, Settings
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.pricing import make_pricing
from tests.support.writers import request

CONCEPTS = request(GenesisStage.CONCEPT_SELECTION)
PRICES = {"credits_input_price": Decimal(1), "credits_output_price": Decimal(2)}


def settings(model: str, **more: Any) -> Settings:
    return Settings(model=model, credits=True, **more)


def test_the_muse_is_free_unless_a_price_is_set() -> None:
    free, priced = make_pricing(settings("muse")), make_pricing(settings("muse", credits_muse_price="0.0000015"))
    assert (free.estimate(CONCEPTS), free.charge({}, 0.0, "muse")) == (0, 0)
    assert (priced.estimate(CONCEPTS), priced.charge({}, 0.0, "muse")) == (2, 2), "rounded up"


def test_the_worst_case_counts_every_request_and_every_answer() -> None:
    pricing = make_pricing(settings("own-model", model_base_url="http://127.0.0.1:1/v1", **PRICES))
    answers = REQUESTS * LONGEST_PAID_ANSWER * 2
    assert pricing.estimate(CONCEPTS) > answers
    longer = request(GenesisStage.CONCEPT_SELECTION, seed="长" * 1_000)
    assert pricing.estimate(longer) - pricing.estimate(CONCEPTS) > REQUESTS * 2_900
    shorter = make_pricing(
        settings("own-model", model_base_url="http://127.0.0.1:1/v1", model_max_output_tokens=256, **PRICES)
    )
    assert shorter.estimate(CONCEPTS) < pricing.estimate(CONCEPTS) / 3


CAST = request(GenesisStage.CHARACTERS, count=1)


def test_the_worst_case_of_a_stage_in_parts_is_two_requests_more_than_its_parts() -> None:
    small = {"model_base_url": "http://127.0.0.1:1/v1", "model_max_output_tokens": 4_096} | PRICES
    whole, parts = (make_pricing(settings("own-model", model_parts=way, **small)) for way in ("never", "auto"))
    used = {"input_tokens": 8 * 3_000, "output_tokens": 8 * 4_096, "requests": 8}
    charged = parts.charge(used, None, "own-model")
    assert charged is not None
    assert parts.estimate(CAST) >= charged, "a list, five people, and two tries more"
    assert parts.estimate(CAST) > whole.estimate(CAST)
    assert parts.estimate(CONCEPTS) == whole.estimate(CONCEPTS), "only where there are parts"


def test_no_estimate_is_below_what_the_same_work_can_cost() -> None:
    pricing = make_pricing(settings("openai:gpt-4o"))
    requests = REQUESTS
    most = {"input_tokens": 3_000 * requests, "output_tokens": LONGEST_PAID_ANSWER * requests, "requests": requests}
    charge = pricing.charge(most, None, "gpt-4o-2024-08-06")
    assert charge is not None
    assert pricing.estimate(CONCEPTS) >= charge > 0


def test_long_requests_cost_what_their_tier_says() -> None:
    pricing = make_pricing(settings("anthropic:claude-sonnet-4-5"))
    short = pricing.charge({"input_tokens": 100_000, "output_tokens": 0, "requests": 1}, None, "claude-sonnet-4-5")
    long = pricing.charge({"input_tokens": 300_000, "output_tokens": 0, "requests": 1}, None, "claude-sonnet-4-5")
    three = pricing.charge({"input_tokens": 300_000, "output_tokens": 0, "requests": 3}, None, "claude-sonnet-4-5")
    assert short is not None
    assert long is not None
    assert long > 3 * short, "the price of the higher tier"
    assert three == 3 * short, "three requests, each in the lower tier"
    plain = pricing.estimate(CONCEPTS)
    huge = pricing.estimate(request(GenesisStage.CONCEPT_SELECTION, seed="x" * 250_000))
    per_million = (huge - plain) / (250_000 * REQUESTS)
    assert per_million > 3.5, "more than the lower tier's 3 dollars for a million tokens"


def test_what_the_provider_reported_is_what_is_charged() -> None:
    pricing = make_pricing(settings("openai:gpt-4o"))
    assert pricing.charge({"input_tokens": 5}, 0.12345678, "gpt-4o") == 123_457, "rounded up"
    assert pricing.charge({}, 0.0, "gpt-4o") == 0


def test_tokens_are_charged_by_the_settings_where_no_price_is_known() -> None:
    pricing = make_pricing(settings("own-model", model_base_url="http://127.0.0.1:1/v1", **PRICES))
    assert pricing.charge({"input_tokens": 1_000, "output_tokens": 500, "requests": 2}, None, "own-model") == 2_000


def test_use_that_was_not_reported_is_unknown_and_not_nothing() -> None:
    pricing = make_pricing(settings("own-model", model_base_url="http://127.0.0.1:1/v1", **PRICES))
    assert pricing.charge({"requests": 2}, None, "own-model") is None


@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("own-model", {"model_base_url": "http://127.0.0.1:1/v1"}),
        ("openai:gpt-4o", {"model_base_url": "http://127.0.0.1:1/v1"}),  # another address has prices of its own
        ("openai:no-such-model-at-all", {}),
        ("own-model", {"model_base_url": "http://127.0.0.1:1/v1", "credits_input_price": Decimal(1)}),
    ],
)
def test_a_model_without_a_price_is_refused_at_the_start(model: str, more: dict[str, Any]) -> None:
    with pytest.raises(OperatorError, match="price of the model") as caught:
        make_pricing(settings(model, **more))
    assert "GENESIS_CREDITS_INPUT_PRICE" in caught.value.remedy


def test_free_is_possible_when_it_is_said() -> None:
    free = {"credits_input_price": 0, "credits_output_price": 0}
    pricing = make_pricing(settings("own-model", model_base_url="http://127.0.0.1:1/v1", **free))
    assert pricing.estimate(CONCEPTS) == 0


@pytest.mark.parametrize("price", ["-1", "nan", "inf", "many"])
def test_prices_that_make_no_sense_are_refused(price: str) -> None:
    with pytest.raises(ValidationError):
        Settings(credits_input_price=price)


def test_an_answer_has_a_longest_length_once_it_is_paid_for() -> None:
    assert Settings(credits=False).output_tokens is None
    assert Settings(credits=True).output_tokens == LONGEST_PAID_ANSWER
    assert Settings(credits=True, model_max_output_tokens=300).output_tokens == 300
