"""A project that begins from a keyword: steps in order, each recorded once, gone on from, and a concept chosen."""

from uuid import uuid4

import pytest
from genesis_types.enums import InitiationStatus
from pydantic import ValidationError

from domain.project.ideas import ArgumentThesis, Claim
from domain.project.initiation_commands import (
    CancelInitiation,
    ChooseConcept,
    InitiateProject,
    RecordConcepts,
    RecordLandscape,
    RecordThesis,
    ResumeInitiation,
)
from domain.project.initiation_events import ConceptChosen, InitiationResumed
from domain.rejections import CommandActive, NotFound, Refused
from tests.support.ideas import IDEAS, LANDSCAPE, Spark


def ready() -> Spark:
    spark = Spark(genre="fable", audience="sailors")
    spark.comes("landscape", "thesis", "concepts")
    spark.ends()
    return spark


def test_a_keyword_becomes_concepts_and_the_chosen_one_names_the_book() -> None:
    spark = ready()
    initiation = spark.project.initiation
    assert initiation is not None
    assert (initiation.status, initiation.cost_usd, initiation.model) == (InitiationStatus.READY, 1.75, "plain-1")
    assert (spark.project.work, spark.project.title) == (None, "salt")
    second = initiation.concepts[1]
    assert [type(fact) for fact in spark.when(ChooseConcept(concept_id=second.concept_id))] == [ConceptChosen]
    assert spark.project.title == "Book 2"
    assert spark.when(ChooseConcept(concept_id=second.concept_id)) == ()
    spark.when(ChooseConcept(concept_id=initiation.concepts[0].concept_id))
    assert spark.project.title == "Book 1"


def test_a_step_that_is_recorded_is_not_recorded_again() -> None:
    spark = Spark()
    spark.comes("landscape")
    version = spark.project.version
    spark.comes("landscape")
    assert spark.project.version == version


def test_a_failed_one_goes_on_with_the_steps_that_came() -> None:
    spark = Spark()
    before = spark.work_id
    spark.comes("landscape", "thesis")
    spark.fails()
    with pytest.raises(Refused, match="not being made any more"):
        spark.when(RecordConcepts(correlation_id=before, concepts=IDEAS), user_id=None)
    (resumed,) = spark.when(ResumeInitiation())
    assert isinstance(resumed, InitiationResumed)
    assert (resumed.turn, resumed.correlation_id != before) == (2, True)
    assert spark.project.pieces(resumed.correlation_id) == ()
    spark.comes("concepts")
    assert len(spark.project.pieces(resumed.correlation_id)) == 1
    spark.ends()
    initiation = spark.project.initiation
    assert initiation is not None
    assert (initiation.landscape, initiation.code, len(initiation.concepts)) == (LANDSCAPE, "", 3)


def test_only_one_work_at_a_time_and_nothing_to_stop_or_resume_otherwise() -> None:
    spark = Spark()
    with pytest.raises(CommandActive):
        spark.when(ResumeInitiation())
    spark.when(CancelInitiation())
    with pytest.raises(Refused, match="No ideas are being made"):
        spark.when(CancelInitiation())
    with pytest.raises(Refused, match="have ended early"):
        ready().when(ResumeInitiation())
    with pytest.raises(Refused, match="created before"):
        spark.when(InitiateProject(keyword="salt"))


def test_steps_come_in_order_and_of_the_kind_that_was_asked_for() -> None:
    spark = Spark()
    work = spark.work_id
    claims = tuple(Claim(claim=f"C{n}", support="s", refute="r") for n in (1, 2))
    argument = ArgumentThesis(statement="So it is.", claims=claims)
    with pytest.raises(Refused, match="after the thesis"):
        spark.when(RecordConcepts(correlation_id=work, concepts=IDEAS), user_id=None)
    spark.comes("landscape")
    with pytest.raises(Refused, match="does not belong"):
        spark.when(RecordThesis(correlation_id=work, thesis=argument), user_id=None)
    with pytest.raises(Refused, match="Not all steps"):
        spark.ends()
    spark.comes("thesis")
    with pytest.raises(Refused, match="one title"):
        spark.when(RecordConcepts(correlation_id=work, concepts=(IDEAS[0], *IDEAS[:2])), user_id=None)


def test_somebody_elses_and_unknown_concepts_are_not_there() -> None:
    spark = ready()
    with pytest.raises(NotFound, match="concept"):
        spark.when(ChooseConcept(concept_id=uuid4()))
    with pytest.raises(NotFound, match="project"):
        spark.when(CancelInitiation(), user_id=uuid4())
    with pytest.raises(Refused):
        spark.when(RecordLandscape(correlation_id=uuid4(), landscape=LANDSCAPE), user_id=None)


@pytest.mark.parametrize(
    "said",
    [
        {"keyword": ""},
        {"keyword": " \n "},
        {"keyword": "k" * 201},
        {"keyword": "a\x00b"},
        {"keyword": "\x07"},
        {"keyword": "salt", "language": "not a tag"},
        {"keyword": "salt", "intent": "poem"},
        {"keyword": "salt", "genre": "g" * 201},
    ],
    ids=str,
)
def test_what_cannot_be_a_keyword_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        InitiateProject(**said)


def test_control_characters_are_taken_out_and_markup_stays_text() -> None:
    assert InitiateProject(keyword=" <b>salt</b>\x07\n tide ").keyword == "<b>salt</b> tide"
