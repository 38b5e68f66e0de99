"""What code finds in contents, each kind with a book that has it and a clean twin that has not."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.project.analysis.finding import FindingKind, PlannedChapter, StoryBeat
from domain.project.analysis.findings import findings
from domain.project.plan import ChapterPlan

PURPOSES = (
    "Mara finds the compass under the floor.",
    "The harbour master refuses the permit.",
    "A storm takes the smaller boat away.",
    "Osric tells his sister about the debt.",
    "They cross by night without a lamp.",
    "The lighthouse keeper wants a name.",
    "Ilse burns the only true chart.",
    "Everybody waits for a tide that is late.",
    "The bell rings though nobody is there.",
    "What was sunk comes up again.",
)
WHOLE = ChapterPlan(
    who=("Mara", "Osric"), point_of_view="Mara", goal="To cross.", turning_point="It turns.", target_words=1_000
)


def book(**changed: dict[int, Any]) -> list[PlannedChapter]:
    """Ten whole chapters; `changed`: by field, other values by number from 1."""
    chapters = []
    for number, purpose in enumerate(PURPOSES, start=1):
        fields = {"purpose": purpose, "summary": purpose, "tension": 1 + number % 9}
        fields |= {name: values[number] for name, values in changed.items() if number in values}
        plan = WHOLE.model_copy(update=fields)
        chapters.append(PlannedChapter(UUID(int=number), number, f"No. {number}", plan))
    return chapters


def found(*beats: StoryBeat, **changed: dict[int, Any]) -> list[tuple[FindingKind, list[int]]]:
    return [(one.kind, [chapter.number for chapter in one.chapters]) for one in findings(book(**changed), beats)]


def test_a_clean_book_has_no_findings() -> None:
    beats = (StoryBeat("Midpoint", 50, "They cross by night without a lamp."), StoryBeat("End", 98, "Nothing of it."))
    assert found(*beats, plants={1: ("The red door",)}, pays={9: ("the red door.",)}) == []
    assert findings([], ()) == ()


ANNA = dict.fromkeys((1, 2, 3), ("Mara", "Osric", "Anna"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"plants": {2: ("The red door",)}}, [(FindingKind.THREAD_NEVER_PAID, [2])]),
        ({"pays": {9: ("The red door",)}}, [(FindingKind.THREAD_NEVER_PLANTED, [9])]),
        (
            {"plants": {7: ("The red door",)}, "pays": {3: ("The red door",)}},
            [(FindingKind.THREAD_PAID_TOO_EARLY, [3, 7])],
        ),
        ({"who": ANNA}, [(FindingKind.PERSON_VANISHES, [3])]),
        ({"point_of_view": {4: "Osric"}}, [(FindingKind.VIEW_ONLY_ONCE, [4])]),
        ({"goal": {5: " "}}, [(FindingKind.NO_GOAL, [5])]),
        ({"turning_point": {6: ""}}, [(FindingKind.NO_TURN, [6])]),
        ({"target_words": {6: 2_400}}, [(FindingKind.TOO_LONG, [6])]),
        ({"target_words": {6: 300}}, [(FindingKind.TOO_SHORT, [6])]),
        ({"purpose": {8: "The permit: the harbour master refuses!"}}, [(FindingKind.SAME_PURPOSE, [8, 2])]),
        ({"tension": dict.fromkeys(range(3, 8), 5)}, [(FindingKind.FLAT_TENSION, [3, 4, 5, 6, 7])]),
    ],
)
def test_each_kind_is_found_where_it_is_and_nothing_else(changed: dict[str, Any], expected: list[Any]) -> None:
    assert found(**changed) == expected


def test_a_beat_far_from_where_the_plot_wants_it() -> None:
    assert found(StoryBeat("Climax", 90, "Osric tells his sister about the debt.")) == [
        (FindingKind.BEAT_OUT_OF_PLACE, [4])
    ]


def test_chinese_plans_are_compared_by_pairs_of_characters() -> None:
    purposes = {2: "港务长拒绝发放出海的许可证。", 7: "出海的许可证，港务长拒绝发放。"}
    assert found(purpose=purposes) == [(FindingKind.SAME_PURPOSE, [7, 2])]


def test_a_finding_keeps_its_id_while_what_it_is_about_is_unchanged() -> None:
    chapters = book(turning_point={6: ""})
    (before,) = findings(chapters, ())
    renamed = [replace(one, title="Another", number=one.number + 1) for one in chapters]
    assert [one.id for one in findings(renamed, ())] == [before.id]
    changed = book(turning_point={6: ""}, summary={6: "Something else happens now."})
    assert before.id not in {one.id for one in findings(changed, ())}
