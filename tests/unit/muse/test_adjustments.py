"""What is said about each intent is a sentence of the writer's language."""

import re

import pytest

from infrastructure.writers.muse.clauses import grammar
from infrastructure.writers.muse.intents import (
    QUOTE_LIMIT,
    Intent,
    IntentKind,
    Outcome,
    adjustment,
    old_name_remains,
    quotable,
)


@pytest.mark.parametrize(
    ("intent", "outcome", "english", "chinese"),
    [
        (Intent(IntentKind.RENAME, "Ingrid", "", "call her Ingrid"), Outcome.DONE,
         "New name for the protagonist: “Ingrid”.", "主角改名为“Ingrid”。"),
        (Intent(IntentKind.RENAME, "Ingrid", "the keeper", "w"), Outcome.DONE,
         "New name for “the keeper”: “Ingrid”.", "“the keeper”改名为“Ingrid”。"),
        (Intent(IntentKind.SEX, "f", "antagonist", "w"), Outcome.DONE,
         "From now on the antagonist is a woman.", "对手现在是女性。"),
        (Intent(IntentKind.SEX, "n", "", "w"), Outcome.DONE,
         "From now on the protagonist is spoken of as “they”.", "主角现在是不限性别的人。"),
        (Intent(IntentKind.AGE, "60", "", "w"), Outcome.DONE,
         "From now on the protagonist is 60 years old.", "主角现在60岁。"),
        (Intent(IntentKind.AGE, "older", "", "w"), Outcome.DONE,
         "From now on the protagonist is older than before.", "主角现在是更年长的人。"),
        (Intent(IntentKind.PLACE, "Iceland", "in", "w"), Outcome.DONE,
         "The place is now “Iceland”.", "故事的地点改成了“Iceland”。"),
        (Intent(IntentKind.LENGTH, "20", "chapters", "w"), Outcome.DONE,
         "It is now laid out in 20 chapters.", "铺排为20章。"),
        (Intent(IntentKind.LENGTH, "80000", "words", "w"), Outcome.DONE,
         "The length aimed at is now 80000 words.", "目标篇幅改为80000字。"),
        (Intent(IntentKind.REWRITE, "opening", "", "w"), Outcome.DONE, "Written again: the opening.", "重写了开头。"),
        (Intent(IntentKind.REWRITE, "opening", "", "w"), Outcome.UNABLE,
         "There is no other wording for the opening here; a model could write one.",
         "这里的开头没有另一种写法，换用模型可以再写。"),
        (Intent(IntentKind.DROP, "magic", "", "no magic"), Outcome.ABSENT,
         "Nothing to take out, and it stays out: “magic”.", "原文里没有“magic”，以后也不会出现。"),
        (Intent(IntentKind.DROP, "keeper", "the keeper", "drop the keeper"), Outcome.NEEDED,
         "Not taken out, because the story cannot do without it: “keeper”.", "没有去掉“keeper”，因为故事少不了它。"),
        (Intent(IntentKind.CONTRADICTION, "", "age", "older and younger"), Outcome.NOTE,
         "These cannot both be done, so neither was: “older and younger”.",
         "这两样不能同时做到，所以都没有动：“older and younger”。"),
        (Intent(IntentKind.NOTE, "tar\nand salt", "", "tar\nand salt"), Outcome.NOTE,
         "Kept as a note for a model; the muse cannot act on it: “tar and salt”.",
         "缪斯无法照办，已为模型记下：“tar and salt”。"),
    ],
)  # fmt: skip
def test_what_is_said_is_a_sentence_of_the_language(
    intent: Intent, outcome: Outcome, english: str, chinese: str
) -> None:
    assert adjustment(intent, "en-GB", outcome=outcome) == english
    assert adjustment(intent, "zh-CN", outcome=outcome) == chinese


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_key_has_its_words(language: str) -> None:
    for slot, table in grammar(language).data["keys"].items():
        kind = IntentKind(table.get("kind", slot))
        for key, words in table["words"].items():
            said = adjustment(Intent(kind, key, "", words[0]), language, outcome=Outcome.DONE)
            assert not re.search(r"[{}_]", said), said
            assert language == "en" or not re.search("[A-Za-z]", said), said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_two_languages_know_the_same_keys(language: str) -> None:
    here, there = grammar(language).data, grammar("zh" if language == "en" else "en").data
    for slot in ("sex", "age", "tone", "point_of_view", "tense", "ending", "genre", "length", "structure", "part"):
        assert set(here["keys"][slot]["words"]) == set(there["keys"][slot]["words"])
    assert set(here["said"]) == set(there["said"])
    assert set(here["labels"]) == set(there["labels"])


def test_words_are_quoted_whole_or_in_whole_sentences_or_not_at_all() -> None:
    assert quotable("one.  Two!\nThree") == "one. Two! Three"
    assert quotable("First sentence. " + "word " * 60) == "First sentence."
    assert quotable("第一句。" + "字" * 300) == "第一句。"
    assert quotable("word " * 80) == ""
    long = Intent(IntentKind.NOTE, "word " * 80, "", "word " * 80)
    assert adjustment(long, "en", outcome=Outcome.NOTE).endswith("too long to quote here.")
    assert len(adjustment(long, "zh", outcome=Outcome.NOTE)) < QUOTE_LIMIT


def test_the_old_name_in_confirmed_texts_is_listed() -> None:
    places = ["concept_selection/hook", "worldview/power_structure", "plot_outline/beats/0", "plot_outline/beats/3"]
    assert old_name_remains("Katrin", places, "en") == (
        "What is confirmed still has the old name “Katrin”: "
        "the concept (opening); the world (power structure); the plot (beats)."
    )
    assert old_name_remains("沈青", places, "zh").endswith("：概念（钩子）、世界（权力结构）、情节（节拍）。")
    assert old_name_remains("沈青", ["worldview", "plot_outline"], "zh") == "已确认的内容里还有旧名“沈青”：世界、情节。"
