"""The muse's chapters of any plan at all: plain paragraphs, of the length asked for, none of them twice."""

import unicodedata

from genesis_types.words import count_words
from hypothesis import given, settings
from hypothesis import strategies as st

from application.chapter_writers import Book, ChapterRequest
from domain.project.plan import ChapterPlan
from tests.unit.muse.test_chapters import ID, written


def test_a_stroke_in_a_name_parts_no_paragraph() -> None:
    plan = ChapterPlan(who=("Mara / Sister", "AC / DC"))
    scenes, _, _ = written(ChapterRequest(ID, ID, Book("A Book", "en"), "The Gate", plan, target_words=1_500))

    paragraphs = [one for scene in scenes for one in scene.scene.paragraphs]
    assert not {"Mara", "Sister", "AC", "DC"} & set(paragraphs)
    assert len(set(paragraphs)) == len(paragraphs)


WORDS = st.sampled_from(
    [
        "Mara",
        "اَلْعَرَبِيَّة",
        "林秀贞",
        "🐙",
        "{obj}",
        "{A}",
        "<b>",
        "#let x",
        "\\input{a}",
        "a",
        "/",
        "the",
        "of",
        "“no”",
        "%s",
        "\u202e",
    ]
)
LINE = st.lists(WORDS, max_size=8).map(" ".join)
PASSAGE = st.lists(LINE, max_size=6).map(". ".join)
PLAN = st.fixed_dictionaries(
    {
        **dict.fromkeys(("purpose", "summary", "goal", "conflict", "turning_point", "outcome", "hook"), PASSAGE),
        **dict.fromkeys(("point_of_view", "place", "time"), LINE),
        "who": st.lists(LINE, max_size=5).map(tuple),
    }
)


@settings(max_examples=25, deadline=None)
@given(
    PLAN,
    st.sampled_from(["en", "zh", "ar", ""]),
    st.integers(1, 1_500),
    st.tuples(PASSAGE, st.text(max_size=40)),
    st.lists(LINE, max_size=2).map(tuple),
)
def test_any_plan_gives_plain_paragraphs(
    plan: dict[str, object],
    language: str,
    words: int,
    texts: tuple[str, str],
    before: tuple[str, ...],
) -> None:
    try:
        made = ChapterPlan.model_validate(plan)
    except ValueError:
        return
    instructions, title = texts
    request = ChapterRequest(
        ID, ID, Book(title, language), title, made, instructions=instructions, target_words=words, before=before
    )

    scenes, end, drafts = written(request)

    paragraphs = [one for scene in scenes for one in scene.scene.paragraphs]
    assert paragraphs
    assert all(one.strip() for one in paragraphs)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for one in paragraphs for char in one)
    total = count_words("\n".join(paragraphs))
    assert abs(total - words) <= words * 0.15 or any(str(total) in note for note in end.notes)
    assert len(set(paragraphs)) == len(paragraphs)
    assert len(drafts) >= len(scenes)
    assert all(one.scene.aim for one in scenes)
