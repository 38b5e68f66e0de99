"""What an initiation means for its author's account: reserved for the steps that are left, charged for what came."""

from typing import Any
from uuid import uuid4

from application.credits import credit_policy
from domain.account.commands import ReserveCredits, ReturnReservation, SettleReservation
from domain.aggregate import Command
from domain.project.initiation_commands import CancelInitiation, ResumeInitiation
from infrastructure.writers.idea_estimates import ideas_cost
from infrastructure.writers.pricing import FlatPricing
from tests.support.ideas import Spark, idea_request
from tests.unit.test_chapter_credits import OneChapter
from tests.unit.test_credit_policy import Prices


async def body_after(spark: Spark, facts: tuple[Any, ...]) -> Any:
    anything: Any = None
    of_project = Command(uuid4(), spark.stream_id, None, CancelInitiation())
    policy = credit_policy(Prices(), OneChapter(), anything)
    (command,) = await policy(of_project, anything, anything, spark.project, facts)
    return command.body


async def test_all_steps_are_reserved_and_a_whole_one_charged() -> None:
    spark = Spark()
    reserved = await body_after(spark, tuple(spark.facts))
    assert isinstance(reserved, ReserveCredits)
    assert (reserved.amount, reserved.subject_id) == (300, spark.stream_id)
    spark.comes("landscape", "thesis", "concepts")
    settled = await body_after(spark, spark.ends())
    assert settled == SettleReservation(reservation_id=reserved.reservation_id, used=1_750_000)


async def test_a_failure_gives_back_what_no_step_has_used_and_going_on_reserves_the_rest() -> None:
    spark = Spark()
    work_id = spark.work_id
    assert await body_after(spark, spark.fails()) == ReturnReservation(reservation_id=work_id, reason="failed")
    spark.when(ResumeInitiation())
    spark.comes("landscape")
    settled = await body_after(spark, spark.fails())
    assert (settled.used, isinstance(settled, SettleReservation)) == (500_000, True)
    again = await body_after(spark, spark.when(ResumeInitiation()))
    assert again.amount == 200


def test_the_muse_has_its_own_price() -> None:
    assert ideas_cost(FlatPricing(7), idea_request()) == (7, 7)
