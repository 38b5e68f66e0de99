"""Whose an accepted change is: a model's where a model proposed it, the person's where code did."""

from domain.genesis.agreement import contradictions
from domain.genesis.commands import ConfirmStage, CorrectContradictions, FindContradictions, RecordContradictions
from domain.genesis.events import ContentCorrected, ContradictionsFound, Event, GenerationRequested
from domain.genesis.found import FoundPair
from domain.genesis.settled import settled
from infrastructure.event_store.codec import CODEC
from projections.engine.projection import StoredEvent
from projections.genesis.provenance.disclosure import as_markdown, disclosure
from projections.genesis.provenance.prov_json import prov_json
from projections.genesis.provenance.provenance import session_provenance
from projections.genesis.provenance.views import ProvenanceStep, SessionProvenance
from tests.support.books import CHARACTERS, PLOT, Book, chapter, person
from tests.support.projections import stored

AGE_THEN, AGE_NOW = "Mara is nineteen and has never left.", "At thirty-four, Mara keeps the light."
CHANGE = "At nineteen, Mara keeps the light."


def accepted(*, by_hand: bool = False) -> Book:
    """A chapter in which code found an old name, and a model a wrong age; both changes accepted at once.

    `by_hand`: the plot was confirmed as a text of the writer's own, which is no proposal, and the model's change alone
    is accepted.
    """
    book = Book(
        characters={"characters": [person("mara", "Mara", background=AGE_THEN), person("ines", "Ines Duarte")]},
        plot={"chapters": [chapter(AGE_NOW, title="Ines")]},
    )
    if by_hand:
        book.story.when(ConfirmStage(stage=PLOT, content=book.content(PLOT)))
    book.rename("Ines Duarte", "Lena Duarte")
    (work,) = book.story.when(FindContradictions())
    assert isinstance(work, GenerationRequested)
    pair = FoundPair(quote=AGE_NOW, other_quote=AGE_THEN, why="Nineteen or thirty-four?", change=CHANGE)
    book.story.when(
        RecordContradictions(
            correlation_id=work.correlation_id,
            found=(pair,),
            writer="model",
            model="qwen3:8b",
            prompt_version="agreement-2",
            cost_usd=0.5,
        ),
        by=None,
    )
    found = contradictions(settled(book.story.state.stages))
    ids = tuple(one.id for one in found if one.found_by or not by_hand)
    facts = book.story.when(CorrectContradictions(contradiction_ids=ids))
    if not by_hand:
        assert [type(fact) for fact in facts] == [ContentCorrected] * 2, "one of code's, one of the model's"
    return book


def log(events: list[Event]) -> list[StoredEvent]:
    return [stored(event, number) for number, event in enumerate(events, start=1)]


def steps(found: SessionProvenance) -> dict[str, ProvenanceStep]:
    return {step.by: step for step in found.steps if step.kind == "corrected"}


def test_what_a_model_proposed_is_the_models_and_what_code_did_the_persons() -> None:
    book = accepted()
    found = session_provenance([log(book.story.events)], "/plot_outline/chapters/0")
    by = steps(found)
    values = {value.path.rsplit("/", 1)[-1]: value for value in found.stages[0].values}
    (own,) = [run for run in values["summary"].runs or () if run.step == by["ai"].number]
    assert own.text.startswith("nineteen")
    assert values["title"].runs is not None
    assert [run.text for run in values["title"].runs if run.step == by["person"].number] == ["Lena"]
    assert by["ai"].characters >= len("nineteen")
    made = by["ai"].generation
    assert made is not None
    assert (made.model, made.prompt_version, made.cost_usd, made.request) == ("qwen3:8b", "agreement-2", 0.5, None)
    (search,) = [event for event in book.story.events if isinstance(event, ContradictionsFound)]
    assert made.correlation_id == search.correlation_id


def test_of_a_text_that_was_written_by_hand_only_what_the_model_proposed_is_the_models() -> None:
    book = accepted(by_hand=True)
    found = session_provenance([log(book.story.events)], "/plot_outline/chapters/0")
    ai = steps(found)["ai"]
    assert found.stages[0].shares.edited.ai + found.stages[0].shares.ai < len(CHANGE), "no more than the change"
    (summary,) = [value for value in found.stages[0].values if value.path.endswith("/summary")]
    assert "".join(run.text for run in summary.runs or () if run.step == ai.number).startswith("nineteen")
    assert {run.step for run in summary.runs or ()} > {ai.number}


def test_the_shares_and_the_disclosure_follow() -> None:
    book = accepted()
    found = session_provenance([log(book.story.events)])
    (plot,) = [stage for stage in found.stages if stage.stage is PLOT]
    before = session_provenance([log(book.story.events[:-2])])
    (earlier,) = [stage for stage in before.stages if stage.stage is PLOT]
    assert plot.shares.ai + plot.shares.edited.ai > earlier.shares.ai + earlier.shares.edited.ai
    (use,) = [one for one in disclosure(found).writers if one.model == "qwen3:8b"]
    assert (use.generations, use.cost_usd, use.prompt_versions) == (1, 0.5, ("agreement-2",))


def test_the_model_and_who_accepted_it_are_both_named_in_prov_json() -> None:
    book = accepted()
    found = session_provenance([log(book.story.events)])
    step = steps(found)["ai"]
    activity = f"genesis:event/{step.session_id}/{step.version}"
    document = prov_json(found)
    agents = {one["prov:agent"] for one in document["wasAssociatedWith"].values() if one["prov:activity"] == activity}
    assert agents == {"genesis:writer/model/qwen3%3A8b", f"genesis:person/{found.owner_id}"}


def test_changes_that_were_accepted_before_the_event_named_the_model_are_told_apart_as_well() -> None:
    book = accepted()
    new = [event for event in book.story.events if isinstance(event, ContentCorrected)]
    old = [
        CODEC.decode("ContentCorrected", 1, event.model_dump_json(exclude={"proposed_by", "search_id"}))
        for event in new
    ]
    assert [event.proposed_by for event in old if isinstance(event, ContentCorrected)] == ["", "qwen3:8b"]
    events = [*book.story.events[:-2], *(event for event in old if isinstance(event, ContentCorrected))]
    by = steps(session_provenance([log(events)]))
    assert by["ai"].generation is not None
    assert by["ai"].generation.cost_usd is None
    assert CHARACTERS in {stage.stage for stage in session_provenance([log(events)]).stages}


def test_a_disclosure_says_that_the_muse_is_no_ai() -> None:
    report = disclosure(session_provenance([log(Book().story.events)], ""))
    (writer,) = report.writers
    muse = report.model_copy(update={"writers": (writer.model_copy(update={"writer": "muse", "model": "muse-2"}),)})
    assert "- `muse-2` (the muse: templates, not an AI; prompts " in as_markdown(muse)
    assert "templates, not an AI" not in as_markdown(
        report.model_copy(update={"writers": (writer.model_copy(update={"writer": "model"}),)})
    )
