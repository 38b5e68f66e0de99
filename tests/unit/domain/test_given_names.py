"""Chinese given names alone, as texts call people: found where they can be nothing else."""

import pytest

from domain.genesis.given_names import given_name
from tests.support.books import CHARACTERS, Book, chapter, person


def renamed(old: str, new: str, summary: str, *others: str) -> Book:
    """A plot with one chapter, and a person in it who is called otherwise then."""
    cast = [person("p1", old), *(person(f"o{n}", name) for n, name in enumerate(others))]
    book = Book(characters={"characters": cast}, plot={"chapters": [chapter(summary)]})
    book.rename(old, new)
    return book


@pytest.mark.parametrize(
    ("old", "new", "text", "proposed"),
    [
        ("林晓雨", "林静姝", "晓雨推开门，屋里没有人。", "静姝推开门，屋里没有人。"),
        ("林晓雨", "陈静姝", "林晓雨走了。后来晓雨回来了。", "陈静姝走了。后来静姝回来了。"),
        ("林晓雨", "林静", "他问晓雨去哪里。", "他问林静去哪里。"),
        ("林晓雨", "艾达·林德", "他在等晓雨。", "他在等艾达。"),
        ("欧阳晓雨", "欧阳静姝", "那天晓雨没有来。", "那天静姝没有来。"),
        ("陳曉雨", "陳靜姝", "他對曉雨說了。", "他對靜姝說了。"),
        ("林晓雨", "林静姝", "“晓雨！”他喊道。", "“静姝！”"),
        ("王子涵", "王静姝", "他看见子涵，就对子涵笑。", "他看见静姝，就对静姝笑。"),
        ("林晓雨", "林静姝", "晓雨和晓雨的姐姐。", "静姝和静姝的姐姐。"),
    ],
    ids=str,
)
def test_given_names_are_found_without_their_surnames(old: str, new: str, text: str, proposed: str) -> None:
    (one,) = renamed(old, new, text).found
    assert (one.kind, one.proposed) == ("old_name", proposed)


@pytest.mark.parametrize(
    ("old", "new", "text", "others"),
    [
        ("李高明", "李静姝", "这个办法很高明。", ()),
        ("林小雨", "林静姝", "外面下着小雨。", ()),
        ("赵建国", "赵静姝", "那是建国以前的事。", ()),
        ("林晓雨", "林静姝", "晓雨来了。", ("陈晓雨",)),
        ("林晓雨", "林静姝", "陈晓雨是另一个人。", ()),
        ("林晓雨", "陈晓雨", "晓雨来了。", ()),
        ("王子文", "王静姝", "孩子文静地坐着。", ()),
        ("林晓", "林静", "他晓得这件事。", ()),
        ("王医生", "李医生", "他去看医生。", ()),
        ("陈老师", "林老师", "老师走进教室。", ()),
        ("林晓雨", "林静姝", "那是晓雨楼的灯。", ("晓雨楼",)),
        ("山田花子", "山田美咲", "花子来了。", ()),
        ("欧阳锋", "欧阳克", "他的锋芒很盛。", ()),
    ],
    ids=str,
)
def test_what_may_be_a_word_or_somebody_else_is_not(old: str, new: str, text: str, others: tuple[str, ...]) -> None:
    assert renamed(old, new, text, *others).found == ()


def test_a_given_name_that_two_had_is_left_alone() -> None:
    cast = [person("p1", "林晓雨"), person("p2", "陈晓雨")]
    book = Book(characters={"characters": cast}, plot={"chapters": [chapter("晓雨来了。")]})
    book.rename("林晓雨", "林静姝")
    book.rename("陈晓雨", "陈嘉禾")
    assert book.found == ()


def test_of_somebody_who_is_gone_only_the_whole_name_is_looked_for() -> None:
    cast = [person("p1", "林晓雨"), person("p2", "周嘉禾")]
    book = Book(characters={"characters": cast}, plot={"chapters": [chapter("晓雨来了。")]})
    book.change(CHARACTERS, characters=cast[1:])
    assert book.found == ()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("林晓雨", "晓雨"),
        ("司马静姝", "静姝"),
        ("司马迁", None),
        ("林晓", None),
        ("玛拉·林德", None),
        ("Lin Xiaoyu", None),
        ("林德生活", None),
        ("", None),
    ],
    ids=str,
)
def test_a_given_name_has_two_characters_after_a_surname(name: str, given: str | None) -> None:
    assert given_name(name) == given
