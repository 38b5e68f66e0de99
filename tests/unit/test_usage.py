"""What several attempts used is added up; an unknown price makes the whole unknown."""

from application.usage_total import UsageTotal
from application.writers import Spent


def test_attempts_are_added_up() -> None:
    used = UsageTotal.nothing().plus(Spent({"output_tokens": 3}, 0.1, "prices 1")).plus(None)
    used = used.plus(Spent({"output_tokens": 4, "requests": 1}, 0.2, "prices 1"))
    assert used.spent == Spent({"output_tokens": 7, "requests": 1}, 0.3, "prices 1")


def test_an_unknown_price_is_not_nought() -> None:
    used = UsageTotal.nothing().plus(Spent({"output_tokens": 3}, None)).plus(Spent({"output_tokens": 4}, 0.2, "p"))
    assert used.spent == Spent({"output_tokens": 7}, None, None)
    assert UsageTotal.nothing().spent == Spent({}, None, None)


def test_what_costs_nothing_costs_nought() -> None:
    assert UsageTotal.nothing().plus(Spent({}, 0.0, None)).spent.cost_usd == 0.0


def test_another_worker_goes_on_counting() -> None:
    used = UsageTotal.nothing().plus(Spent({"output_tokens": 3}, 0.1, "p"))
    assert UsageTotal.kept({"code": "X", "spent": used.as_json()}) == used
    assert UsageTotal.kept(None) == UsageTotal.kept({"code": "X"}) == UsageTotal.nothing()
