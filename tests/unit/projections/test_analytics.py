"""The analytics projection: given events, then what is counted; and how texts are measured."""

from typing import Any
from uuid import uuid4

import pytest
from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus
from hypothesis import given
from hypothesis import strategies as st

from domain.genesis.asked import Asked, AttemptMade
from domain.genesis.commands import (
    AbandonGenesis,
    CancelGeneration,
    ConfirmStage,
    EditContent,
    FailGeneration,
    GenerateInspiration,
    ProvideFeedback,
    RecordProposals,
)
from domain.genesis.events import GenerationFailed, ProposalsRecorded, StageConfirmed
from projections.analytics.confirmed_texts import AnalyticsTextRow
from projections.analytics.generations import AnalyticsGenerationRow, nano_usd
from projections.analytics.projection import ANALYTICS
from projections.analytics.prose import characters, distance, prose, words
from projections.analytics.responses import AnalyticsResponseRow
from projections.analytics.sessions import AnalyticsSessionRow
from projections.analytics.stages import AnalyticsStageRow
from projections.engine.fold import Working, fold
from tests.support.genesis import CONTENT, NOW, Story, started
from tests.support.projections import project, rows, stored

CONCEPT = GenesisStage.CONCEPT_SELECTION


def free() -> Story:
    return started(GenesisMode.FREE_FORM, seed="")


def asked(story: Story, **outcome: Any) -> Story:
    """A generation of the concept that ends with one proposal."""
    story.when(GenerateInspiration(stage=CONCEPT, count=1))
    story.later(minutes=2).proposals_arrive(**outcome)
    return story


def test_a_stage_counts_its_rounds_and_times_up_to_its_first_confirmation() -> None:
    story = asked(free().later(hours=1))
    story.when(ProvideFeedback(proposal_id=story.proposal_id(CONCEPT), text="darker"))
    story.later(minutes=3).proposals_arrive()
    story.later(minutes=5).when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    asked(story)
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    (stage,) = rows(project(ANALYTICS, story.events), AnalyticsStageRow)
    assert (stage.rounds, stage.rounds_to_acceptance, stage.confirmations) == (3, 2, 2)
    assert stage.first_requested_at is not None
    assert stage.first_proposed_at is not None
    assert stage.accepted_at is not None
    assert (stage.first_proposed_at - stage.first_requested_at).total_seconds() == 2 * 60
    assert (stage.accepted_at - stage.first_requested_at).total_seconds() == 10 * 60


def test_what_is_confirmed_is_measured_against_the_proposal_that_it_goes_back_to() -> None:
    story = asked(free())
    for title in ("The Drowned Bells", "The Drowned Bells!"):
        edit = EditContent(
            stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT), content=CONTENT[CONCEPT] | {"title": title}
        )
        story.when(edit)
    source = story.proposal_id(CONCEPT, 0)
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    (text,) = rows(project(ANALYTICS, story.events), AnalyticsTextRow)
    assert (text.proposal_id, text.accepted_ids, text.distance) == (source, [str(source)], 2)
    assert text.proposed_characters is not None
    assert text.confirmed_characters == text.proposed_characters + 2


def test_a_text_of_the_writers_own_has_no_distance() -> None:
    story = asked(free())
    story.when(ConfirmStage(stage=CONCEPT, content=CONTENT[CONCEPT]))
    (text,) = rows(project(ANALYTICS, story.events), AnalyticsTextRow)
    assert (text.proposal_id, text.distance, text.proposed_characters) == (None, None, None)
    assert (text.confirmed_words or 0) > 20


def test_generations_keep_what_is_unknown_unknown() -> None:
    story = free()
    attempts = Asked(attempts=(AttemptMade(number=1, cause="TRUNCATED"), AttemptMade(number=2)))
    ends: tuple[dict[str, Any], ...] = (
        {"cost_usd": 0.1 + 0.2, "usage": {"input_tokens": 7, "cache_read_tokens": 3}, "asked": attempts},
        {"cost_usd": None, "usage": {"input_tokens": "many"}},
    )
    for end in ends:
        story.when(GenerateInspiration(stage=CONCEPT, count=1))
        assert story.state.pending is not None
        body = {"correlation_id": story.state.pending.correlation_id, "model": "m", "prompt_version": "2"}
        story.when(RecordProposals(**body, contents=(CONTENT[CONCEPT],), writer="model", **end), by=None)
    story.when(GenerateInspiration(stage=CONCEPT, count=1))
    assert story.state.pending is not None
    failing = FailGeneration(correlation_id=story.state.pending.correlation_id, code="OVERLOADED", message="no")
    story.when(failing, by=None)
    story.when(GenerateInspiration(stage=CONCEPT, count=1))
    story.when(CancelGeneration())
    story.when(GenerateInspiration(stage=CONCEPT, count=1))
    made = rows(project(ANALYTICS, story.events), AnalyticsGenerationRow)
    assert [(one.outcome, one.cost_nano_usd, one.attempts, one.causes) for one in made] == [
        ("proposed", 300_000_000, 2, ["TRUNCATED"]),
        ("proposed", None, None, []),
        ("failed", None, None, []),
        ("cancelled", None, None, []),
        (None, None, None, []),
    ]
    assert [(one.input_tokens, one.cache_read_tokens) for one in made[:2]] == [(7, 3), (None, None)]
    assert made[2].code == "OVERLOADED"


def test_a_session_that_is_given_up_says_where() -> None:
    story = asked(free())
    story.when(ProvideFeedback(proposal_id=story.proposal_id(CONCEPT), text="more", path="/title"))
    story.proposals_arrive()
    story.when(AbandonGenesis(reason="enough"))
    found = project(ANALYTICS, story.events)
    (session,) = rows(found, AnalyticsSessionRow)
    assert (session.status, session.current_stage, session.ended_at) == (GenesisStatus.ABANDONED, CONCEPT, story.now)
    assert [one.kind for one in rows(found, AnalyticsResponseRow)] == ["feedback_on_passage"]


def test_streams_that_are_mixed_or_begin_in_the_middle_park_nothing() -> None:
    story = asked(free())
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    working, other = Working(), uuid4()
    for n, event in enumerate(story.events, start=1):
        fold(ANALYTICS, working, [stored(event, n)])
        if n > 1:
            fold(ANALYTICS, working, [stored(event, n, session_id=other)])
    assert not working.parked
    whole = project(ANALYTICS, story.events)
    for name, kept in whole.rows.items():
        assert {key: row for key, row in working.rows[name].items() if key[0] != other} == kept


def test_old_events_without_later_fields_are_counted() -> None:
    old: dict[str, Any] = {"occurred_at": NOW, "correlation_id": uuid4(), "stage": CONCEPT}
    bill = {"usage": {}, "cost_usd": None, "price_source": None}
    recorded = ProposalsRecorded(**old, proposals=(), writer="muse", model="muse-1", prompt_version="1", **bill)
    failed = GenerationFailed(**old | {"correlation_id": uuid4()}, code="WRITER_FAILED", message="", **bill)
    confirmed = StageConfirmed(occurred_at=NOW, stage=CONCEPT, proposal_id=uuid4(), content={}, stale=())
    found = project(ANALYTICS, [recorded, failed, confirmed])
    assert [one.outcome for one in rows(found, AnalyticsGenerationRow)] == ["proposed", "failed"]
    (text,) = rows(found, AnalyticsTextRow)
    assert (text.proposal_id, text.confirmed_words) == (None, 0), "a proposal that nobody recorded"


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", 0),
        ("The sea's bell-tower, 3.5 miles off", 6),
        ("钟声从海底传来", 7),
        ("Mara 听见 the bell", 5),
        ("カタカナ and ひらがな", 9),
        ("— … !", 0),
    ],
    ids=["nothing", "marks inside words", "chinese", "mixed", "kana", "marks alone"],
)
def test_words_are_counted_as_the_page_counts_them(text: str, counted: int) -> None:
    assert words({"/a": text}) == counted


def test_prose_has_no_ids_and_knows_items_by_theirs() -> None:
    before = prose({"people": [{"id": "a", "name": "Ann"}, {"id": "b", "name": "Bo"}], "key": "k", "pov_id": "a"})
    assert before == {"/people/a/name": "Ann", "/people/b/name": "Bo"}
    moved = prose({"people": [{"id": "b", "name": "Bo"}, {"id": "a", "name": "Anna"}], "place_ids": ["x"]})
    assert (distance(before, moved), characters(moved)) == (1, 6)


def test_prose_of_lists_in_lists_and_of_what_is_no_text() -> None:
    found = prose(
        {"a": [["x", 1, None, ""], {"id": "0", "t": "y"}], "b": [{"id": "k", "t": "1"}, {"id": "k", "t": "2"}]}
    )
    assert found == {"/a/0/0": "x", "/a/0/3": "", "/a/0/t": "y", "/b/k/t": "12"}
    assert prose({"e": "", "n": 5, "none": None, "empty": {}, "more": []}) == {"/e": ""}
    assert prose("all") == {"": "all"}


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_the_distance_is_one(a: str, b: str, c: str) -> None:
    one, two, three = {"/t": a}, {"/t": b}, {"/t": c}
    assert distance(one, one) == 0
    assert distance(one, two) == distance(two, one) <= max(len(a), len(b))
    assert distance(one, three) <= distance(one, two) + distance(two, three)
    assert distance(one, {}) == len(a)


@pytest.mark.parametrize(
    ("cost", "nano"),
    [(None, None), (0.0, 0), (1.0, 10**9), (0.1 + 0.2, 300_000_000), (0.5e-9, 0), (1.5e-9, 2), (1e300, None)],
    ids=["unknown", "nothing", "a dollar", "inexact", "half", "one and a half", "beyond all sense"],
)
def test_costs_are_whole_numbers(cost: float | None, nano: int | None) -> None:
    assert nano_usd(cost) == nano
