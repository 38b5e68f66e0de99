"""Where confirmed values came from, and whose they are."""

import random
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.genesis.asked import Asked, AttemptMade, SentPart
from domain.genesis.commands import (
    AnyBody,
    BranchGenesis,
    ConfirmStage,
    EditContent,
    GenerateInspiration,
    ProvideFeedback,
    RecordProposals,
    StartGenesis,
)
from domain.genesis.proposals import locate, pointer_parts
from domain.rejections import Rejection
from projections.engine.projection import StoredEvent
from projections.genesis.provenance.disclosure import as_markdown, disclosure
from projections.genesis.provenance.prov_json import prov_json
from projections.genesis.provenance.provenance import NothingConfirmedThere, session_provenance
from projections.genesis.provenance.views import SessionProvenance, ValueProvenance
from tests.support.genesis import ANN, CONTENT, Story
from tests.support.projections import stored
from tests.support.wandering import INTERNAL, next_step

CONCEPT, CAST = GenesisStage.CONCEPT_SELECTION, GenesisStage.CHARACTERS
BRANCH = UUID("b4a9c400-0000-4000-8000-000000000004")


def begun() -> Story:
    story = Story()
    story.when(StartGenesis(mode=GenesisMode.FREE_FORM, seed="a bell"))
    return story


def proposed(story: Story, stage: GenesisStage, **changes: Any) -> UUID:
    """One proposal of the model, or of `writer`; its id."""
    story.when(GenerateInspiration(stage=stage, count=1, instructions="short"))
    return answered(story, stage, **changes)


def answered(story: Story, stage: GenesisStage, *, writer: str = "model", **changes: Any) -> UUID:
    assert story.state.pending is not None
    work = story.state.pending.correlation_id
    content = CONTENT[stage] | changes
    body = RecordProposals(
        correlation_id=work, contents=(content,), writer=writer, model="m-1", prompt_version="7", cost_usd=0.25
    )
    story.when(body, by=None)
    return story.proposal_id(stage)


def edited(story: Story, stage: GenesisStage, proposal: UUID, **changes: Any) -> UUID:
    content = story.state.stages[stage].proposal(proposal)
    assert content is not None
    story.when(EditContent(stage=stage, proposal_id=proposal, content=content.content | changes))
    return story.proposal_id(stage)


def log(story: Story) -> list[StoredEvent]:
    return [stored(event, number) for number, event in enumerate(story.events, start=1)]


def of(found: SessionProvenance, path: str) -> ValueProvenance:
    return next(value for stage in found.stages for value in stage.values if value.path == path)


def test_what_a_model_wrote_is_its_own_with_what_it_was_asked() -> None:
    story = begun()
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=proposed(story, CONCEPT)))
    found = session_provenance([log(story)], "/concept_selection/title")
    title = of(found, "/CONCEPT_SELECTION/title")
    assert (title.author, title.characters.ai, title.characters.person) == ("ai", len("The Drowned Bell"), 0)
    made, settled = found.steps
    assert (made.kind, made.by, made.characters) == ("generated", "ai", len("The Drowned Bell"))
    assert made.generation is not None
    assert made.generation.request is not None
    assert (made.generation.model, made.generation.prompt_version, made.generation.cost_usd) == ("m-1", "7", 0.25)
    assert made.generation.request.instructions == "short"
    assert (settled.kind, settled.by) == ("confirmed", "person")


def test_what_the_muse_wrote_is_neither_an_ais_nor_a_persons() -> None:
    story = begun()
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=proposed(story, CONCEPT, writer="muse")))
    found = session_provenance([log(story)])
    total = found.shares.total
    assert total > 0
    assert (found.shares.ai, found.shares.muse, found.shares.edited.total, found.shares.person) == (0, total, 0, 0)
    assert {value.author for value in found.stages[0].values if value.characters.total} == {"muse"}
    assert found.steps[0].by == "muse"
    report = disclosure(found)
    assert (report.percent_ai, report.percent_muse, report.percent_edited, report.percent_person) == (0, 100, 0, 0)
    said = as_markdown(report)
    assert "The muse is a part of the studio that fills in templates: it is not an AI." in said
    assert "Nothing that stands was written by an AI." in said
    prov = prov_json(found)["entity"][f"genesis:confirmed/{found.session_id}/{CONCEPT.value}"]
    assert (prov["genesis:charactersOfAI"], prov["genesis:charactersOfMuse"]) == (0, total)


def test_a_text_of_the_muses_that_a_person_edits_is_edited_and_no_ais() -> None:
    story = begun()
    first = proposed(story, CONCEPT, writer="muse")
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=edited(story, CONCEPT, first, title="The Silver Drowned Bell")))
    found = session_provenance([log(story)], "/concept_selection/title")
    shares = found.shares
    assert (shares.edited.ai, shares.edited.muse, shares.edited.person) == (0, len("The Drowned Bell"), len("Silver "))
    said = as_markdown(disclosure(found))
    assert "16 characters are the muse’s, 7 characters are a person’s" in said
    assert "Nothing that stands was written by an AI." in said


def test_what_an_ai_changed_of_the_muses_text_counts_as_an_ais() -> None:
    story = begun()
    first = proposed(story, CONCEPT, writer="muse")
    story.when(ProvideFeedback(proposal_id=first, text="More silver."))
    second = answered(story, CONCEPT, title="The Silver Drowned Bell")
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=second))
    title = of(session_provenance([log(story)], "/concept_selection/title"), "/CONCEPT_SELECTION/title")
    assert (title.author, title.characters.ai, title.characters.muse) == ("ai", len("Silver "), len("The Drowned Bell"))
    found = session_provenance([log(story)])
    assert found.shares.ai == len("The Silver Drowned Bell")
    assert "Nothing that stands was written by an AI." not in as_markdown(disclosure(found))


def test_what_was_sent_is_named_by_its_parts() -> None:
    story = begun()
    story.when(GenerateInspiration(stage=CONCEPT, count=1))
    assert story.state.pending is not None
    part = SentPart(role="system", name="instructions", hash="ab" * 32)
    asked = Asked(attempts=(AttemptMade(number=1, cause="EMPTY"), AttemptMade(number=2, parts=(part,))))
    work = story.state.pending.correlation_id
    body = RecordProposals(
        correlation_id=work, contents=(CONTENT[CONCEPT],), writer="model", model="m-1", prompt_version="7", asked=asked
    )
    story.when(body, by=None)
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    made = session_provenance([log(story)]).steps[0].generation
    assert made is not None
    assert [(one.cause, one.parts) for one in made.attempts] == [("EMPTY", {}), (None, {"instructions": "ab" * 32})]


def test_words_keep_their_author_through_refinements_and_edits() -> None:
    story = begun()
    first = proposed(story, CONCEPT)
    second = edited(story, CONCEPT, first, title="The Silver Drowned Bell")
    story.when(ProvideFeedback(proposal_id=second, text="more sea", path="/hook"))
    third = answered(story, CONCEPT, title="The Silver Drowned Bell", hook="The sea, the sea.")
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=third))
    found = session_provenance([log(story)], "/concept_selection/title")
    title = of(found, "/CONCEPT_SELECTION/title")
    assert title.runs is not None
    steps = {step.number: step for step in found.steps}
    assert [(run.text, steps[run.step].kind) for run in title.runs] == [
        ("The ", "generated"),
        ("Silver ", "edited"),
        ("Drowned Bell", "generated"),
    ]
    assert (title.author, title.characters.person) == ("edited", len("Silver "))
    assert "feedback" not in {step.kind for step in found.steps}, "it was about the hook"
    hook = session_provenance([log(story)], "/concept_selection/hook")
    assert [step.kind for step in hook.steps] == ["generated", "feedback", "refined", "confirmed"]
    refined = hook.steps[2].generation
    assert refined is not None
    assert refined.request is not None
    assert (refined.request.feedback, refined.request.path) == ("more sea", "/hook")


def test_what_was_typed_to_confirm_it_is_the_persons() -> None:
    story = begun()
    first = proposed(story, CONCEPT)
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=first, content=CONTENT[CONCEPT] | {"tone": "quiet"}))
    found = session_provenance([log(story)])
    assert of(found, "/CONCEPT_SELECTION/tone").author == "person"
    assert of(found, "/CONCEPT_SELECTION/logline").author == "ai"
    assert found.shares.person == len("quiet")
    assert found.shares.total == found.shares.ai + len("quiet")


def test_a_locked_value_stays_the_persons_in_what_a_model_writes_anew() -> None:
    story = begun()
    first = edited(story, CONCEPT, proposed(story, CONCEPT), title="Mine")
    story.when(EditContent(stage=CONCEPT, proposal_id=first, locked_paths=("/title",)))
    second = proposed(story, CONCEPT, title="Another")
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=second))
    found = session_provenance([log(story)], "/concept_selection/title")
    assert of(found, "/CONCEPT_SELECTION/title").author == "person"
    assert [step.kind for step in found.steps if step.characters] == ["edited"]
    assert "locked" in {step.kind for step in found.steps}


def test_an_item_that_moves_keeps_its_author() -> None:
    mara, ines = CONTENT[CAST]["characters"][0], {"id": "ines", "name": "Ines", "one_line_storyline": "She stays."}
    story = begun()
    first = proposed(story, CAST, characters=[mara, ines])
    second = edited(story, CAST, first, characters=[ines | {"name": "Inés"}, mara])
    story.when(ConfirmStage(stage=CAST, proposal_id=second))
    found = session_provenance([log(story)])
    assert of(found, "/CHARACTERS/characters/ines/name").author == "person"
    assert of(found, "/CHARACTERS/characters/ines/one_line_storyline").author == "ai"
    assert of(found, "/CHARACTERS/characters/mara/name").author == "ai"
    assert of(found, "/CHARACTERS/characters/mara/id").characters.ai == 0, "ids are no texts"


@pytest.mark.parametrize("whole", [True, False], ids=["with the source", "without the source"])
def test_a_branch_reaches_back_through_its_source(whole: bool) -> None:
    source = begun()
    first = edited(source, CONCEPT, proposed(source, CONCEPT), title="Mine")
    source.when(ConfirmStage(stage=CONCEPT, proposal_id=first))
    branch = Story()
    branch.when(BranchGenesis(from_session_id=UUID(int=5), at_version=source.state.version), source=source.state)
    own = [stored(event, number, session_id=BRANCH) for number, event in enumerate(branch.events, start=1)]
    found = session_provenance([log(source), own] if whole else [own], "/concept_selection/title")
    assert of(found, "/CONCEPT_SELECTION/title").author == "person"
    branched = next(step for step in found.steps if step.kind == "branched")
    assert branched.source_version == source.state.version
    assert [step.kind for step in found.steps if step.characters] == (["edited"] if whole else ["adopted"])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/poem/title", "is no stage"),
        ("/concept_selection/nothing", "Nothing lies"),
        ("/concept_selection/themes/99999999999999999999", "Nothing lies"),
        ("/concept_selection/themes/-1", "Nothing lies"),
        ("/worldview/setting", "is confirmed yet"),
    ],
)
def test_a_path_that_leads_nowhere_is_said(path: str, said: str) -> None:
    story = begun()
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=proposed(story, CONCEPT)))
    with pytest.raises(NothingConfirmedThere, match=said):
        session_provenance([log(story)], path)


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_every_character_has_one_author_whatever_happened(chance: random.Random) -> None:
    story = begun()
    for _ in range(chance.randint(1, 40)):
        body: AnyBody = next_step(chance, story.state)  # type: ignore[assignment]
        with suppress(Rejection):
            story.when(body, by=None if isinstance(body, INTERNAL) else ANN)
    found = session_provenance([log(story)])
    confirmed = {stage: record.confirmed for stage, record in story.state.stages.items() if record.confirmed}
    assert {stage.stage for stage in found.stages} == set(confirmed)
    numbers = [step.number for step in found.steps]
    assert numbers == sorted(set(numbers))
    assert sum(step.characters for step in found.steps) == found.shares.total
    for stage in found.stages:
        for value in stage.values:
            inside = value.path.removeprefix(f"/{stage.stage.value}")
            place = locate(confirmed[stage.stage], inside)
            assert place is not None, pointer_parts(inside)
            node: Any = confirmed[stage.stage]
            for part in place:
                node = node[part]
            assert set(value.steps) <= set(numbers)
            if value.characters.ai or value.characters.person:
                assert value.characters.ai + value.characters.person == len(node)
            one = session_provenance([log(story)], value.path) if chance.random() < 0.05 else None
            if one is not None and isinstance(node, str):
                assert "".join(run.text for run in of(one, value.path).runs or ()) == node
