"""Every rule of our own finds the mistake that is planted, and passes its neighbour that is none."""

import pytest

from tests.language import rules
from tests.language.accepted import Accepted, accepted, sorted_out
from tests.language.examining import Finding
from tests.language.quoting import Own, sentences
from tests.language.rules import Rule, Text

KEEPER = Own("A lighthouse keeper who has been dead for ten years keeps answering the radio")
KEEPER_ZH = Own("一个死了十年的守灯塔人一直在回答电台的呼叫")
NAMES = frozenset({"Ingrid Harrow", "Ingrid", "Harrow"})

ENGLISH = [
    (rules.doubled_word, "Bring Mara the the key.", "She had had enough of that."),
    (rules.doubled_verb, "One who has been dead for years keeps sees it.", "What she wants costs her the house."),
    (rules.doubled_verb, "The radio answers knows everything.", "The one who knows says nothing."),
    (rules.is_which, "Iceland in 1953 is which is proud of its view.", "The question is which of them lied."),
    (rules.is_which, "Hers is who was there.", "She keeps whatever it is that is left."),
    (rules.bare_adjective, "They never spoke of dead.", "They never spoke of dead men."),
    (rules.bare_adjective, "The Book of Dead", "The Book of the Dead"),
    (rules.article_before_name, "In the end the Ingrid must choose.", "In the end the Harrow house is sold."),
    (rules.article_before_name, "She became an Ingrid Harrow.", "She became the Harrow she had been."),
    (rules.article_alone, "A season with the what she meant.", "A season with the woman she meant."),
    (rules.a_or_an, "She waits a hour.", "She waits an hour."),
    (rules.a_or_an, "It is an key.", "It is a key, and an honest one."),
    (rules.a_or_an, "There was a old union.", "There was a union, a one-eyed man and a European."),
    (rules.doubled_preposition, "She lives in in a lighthouse.", "She lives in it, in a lighthouse."),
    (rules.doubled_preposition, "A Stranger of in Iceland", "She thinks of it in Iceland, instead of in York."),
    (rules.subject_after_preposition, "The Weight of She", "The weight of her"),
    (rules.american, "The color of the harbor.", "The colour of the harbour."),
]  # fmt: skip
CHINESE = [
    (rules.measure_word, "一女人走进来。", "一个女人走进来，她是唯一的女人。"),
    (rules.doubled_character, "她的的手。", "她的手，目的地。"),
    (rules.doubled_character, "她已经已经走了。", "她一步一步地走了。"),
    (rules.particle, "她慢慢的走过来。", "她慢慢地走过来。"),
    (rules.particle, "她跑的很快。", "她跑得很快。"),
    (rules.ascii_punctuation, "她走了,没有回头。", "她走了，没有回头。"),
    (rules.ascii_punctuation, "她走了.", "她走了3.5公里。"),
    (rules.space_between, "她 走了。", "她走了。"),
    (rules.english_word, "她是 keeper。", "她是守塔人。"),
]
WHOLE, WHOLE_ZH = KEEPER.spark, KEEPER_ZH.spark
SPARKS = [
    (KEEPER, "A lighthouse keeper who has been dead for ten years keeps sees all.", f"“{WHOLE}.”"),
    (KEEPER, "It begins with “has been dead for ten years keeps answering”.", f"It begins with “{WHOLE}”."),
    (KEEPER, f"What if {WHOLE}?", f"{WHOLE}. Who hears it?"),
    (KEEPER, "The keeper who has been dead for ten winters.", "The lighthouse keeper has a radio."),
    (
        Own("The king is dead. His barber knows who did it."),
        "The king’s barber knows who did it.",
        "“The king is dead.”",
    ),
    (
        Own("£1,000,000 and a dead horse 🐴"),
        "They want £1,000,000 and a dead horse.",
        "“£1,000,000 and a dead horse 🐴”",
    ),
    (KEEPER_ZH, f"当{WHOLE_ZH}，她来了。", f"“{WHOLE_ZH}。”她来了。"),
]
MARKS = [
    (rules.unbalanced, "She said “no.", "She said “no”."),
    (rules.unbalanced, "They call it “”.", "They call it (so) “it”."),
    (rules.template_mark, "A book about {hero}.", "A book about her."),
    (rules.template_mark, "She is , at last, home.", "She is, at last, home…"),
    (rules.template_mark, "A story of None.", "None of them knows."),
]
TITLES = [
    ("en", "The Weight of", "The Weight of Salt"),
    ("en", "A Stranger in a Town That Nobody Has Ever Left Behind", "A Stranger in Town"),
    ("en", "Who Kept Dead?", "Who Kept the Dead?"),
    ("en", "dead water", "Dead Water"),
    ("en", "The Reading of", "Until the Reading of the Will"),
    ("en", "The Salt Road.", "The Salt Road: A Life"),
    ("zh", "母亲把我们的影子卖掉之外", "影子的价钱"),
    ("zh", "灯", "灯塔"),
    ("zh", "的灯塔", "最后的灯塔"),
]


@pytest.mark.parametrize(("rule", "wrong", "right"), [*ENGLISH, *MARKS])
def test_a_rule_for_english(rule: Rule, wrong: str, right: str) -> None:
    assert list(rule(Text(wrong, names=NAMES)))
    assert not list(rule(Text(right, names=NAMES)))


@pytest.mark.parametrize(("rule", "wrong", "right"), CHINESE)
def test_a_rule_for_chinese(rule: Rule, wrong: str, right: str) -> None:
    assert list(rule(Text(wrong, "zh")))
    assert not list(rule(Text(right, "zh")))


@pytest.mark.parametrize(("language", "wrong", "right"), TITLES)
def test_the_rule_for_titles(language: str, wrong: str, right: str) -> None:
    assert list(rules.title(Text(wrong, language, title=True)))
    assert not list(rules.title(Text(right, language, title=True)))
    assert not list(rules.title(Text(wrong, language))), "it is no title"


@pytest.mark.parametrize(("own", "wrong", "right"), SPARKS)
def test_the_sparks_words_are_whole_or_not_there(own: Own, wrong: str, right: str) -> None:
    assert list(rules.spark_cut(Text(wrong, own=own)))
    assert not list(rules.spark_cut(Text(right, own=own)))


def test_no_sentence_stands_twice() -> None:
    twice = "She will not open the door."
    assert list(rules.repeated([f"It is late. {twice}", twice])) == [twice]
    assert not list(rules.repeated(["No. No.", "a house by the sea", "a house by the sea", twice]))
    assert list(rules.repeated(["沉默也是一句话。她走了。", "沉默也是一句话。"])) == ["沉默也是一句话。"]


def test_every_rule_has_a_planted_mistake() -> None:
    planted = {rule for rule, _, _ in (*ENGLISH, *CHINESE, *MARKS)} | {rules.title, rules.spark_cut}
    assert planted == set(rules.CATEGORY)


@pytest.mark.parametrize(
    ("spark", "text", "judged"),
    [
        ("me and him goes", "It begins with “Me and him goes.” Then it ends.", "It begins with “Hello.” Then it ends."),
        ("me and him goes", "It begins with “Me and she goes.”", "It begins with “Me and she goes.”"),
        ("“No,” he sayed", "It begins with “‘No,’ he sayed”.", "It begins with “hello”."),
        ("我的的灯", "从“我的的灯”开始。", "从“你好”开始。"),
        ("it don't", "She doesn't know it; it doesn't matter.", "She doesn't know it; it doesn't matter."),
    ],
)
def test_quoted_words_of_the_writers_are_not_judged(spark: str, text: str, judged: str) -> None:
    assert Own(spark).masked(text) == judged


def test_a_whole_sentence_of_the_writers_is_not_judged() -> None:
    own = Own("Me and him goes home now. It is late.")
    assert own.is_own("Me and him goes home now.")
    assert not own.is_own("Me and him goes home.")
    assert not own.is_own("It is late."), "too short to tell whose it is"


def test_a_quotation_is_part_of_its_sentence() -> None:
    assert sentences("She said “No. Never.” and left. It rained.") == ("She said “No. Never.” and left.", "It rained.")
    assert sentences("她说：“不。决不。”她走了。下雨了。") == ("她说：“不。决不。”", "她走了。", "下雨了。")


def test_what_is_accepted_is_accepted_narrowly_and_has_to_occur() -> None:
    found = [Finding("LanguageTool", "en", "GRAMMAR", "A", "", "Mara does favours.", "does favours", 5, "")]
    fits = Accepted("A", "does favours", "a flaw in note form")
    assert sorted_out(found, (fits,)) == ([], [])
    other = [Accepted("B", "does favours", "another rule"), Accepted("A", "Mara", "another part")]
    assert sorted_out(found, tuple(other)) == (found, other)
    assert all(entry.reason for entry in accepted())
    assert len({(entry.rule, entry.text) for entry in accepted()}) == len(accepted())
