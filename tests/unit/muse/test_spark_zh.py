"""How a Chinese spark is quoted back."""

from infrastructure.writers.muse import spark_zh


def test_a_long_spark_is_quoted_by_its_first_clauses() -> None:
    long = "灰塔下的钟每到午夜就会倒着走，守塔的老人说那是因为有人在塔底借走了一年的时间，却从来没有人还过"
    assert spark_zh.parse(long).quote == "灰塔下的钟每到午夜就会倒着走…"


def test_a_short_spark_is_quoted_whole() -> None:
    assert spark_zh.parse("灰塔下的钟，倒着走。").quote == "灰塔下的钟，倒着走"


def test_one_without_any_pause_is_cut_where_it_gets_too_long() -> None:
    assert spark_zh.parse("灰" * 80).quote == "灰" * 31 + "…"
