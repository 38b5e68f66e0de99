"""What the writer locked stands in every later proposal, whatever a model sends."""

from typing import Any

from genesis_types.enums import GenesisMode
from hypothesis import given
from hypothesis import strategies as st

from domain.genesis.commands import EditContent, GenerateInspiration, ProvideFeedback
from domain.genesis.proposals import overlay, resolve
from domain.genesis.stages import STAGE_ORDER
from tests.support.genesis import CONTENT, started, with_concepts

CONCEPT, STORY, CHARACTERS, WORLD, PLOT = STAGE_ORDER


def test_a_locked_value_survives_a_generation_and_a_refinement() -> None:
    story = with_concepts()
    chosen = story.proposal_id(CONCEPT, 0)
    story.when(EditContent(stage=CONCEPT, proposal_id=chosen, locked_paths=("title", "/title")))
    assert story.state.stages[CONCEPT].locked_paths == ("/title",)
    story.when(GenerateInspiration())
    story.proposals_arrive(3, title="Something else", hook="new hook")
    for proposal in story.state.stages[CONCEPT].proposals[-3:]:
        assert proposal.content["title"] == "The Drowned Bell"
        assert proposal.content["hook"] == "new hook"
    story.when(ProvideFeedback(proposal_id=chosen, text="change the title"))
    story.proposals_arrive(1, title="Defiant")
    assert story.state.stages[CONCEPT].proposals[-1].content["title"] == "The Drowned Bell"


def test_a_locked_person_survives_even_when_the_model_leaves_them_out() -> None:
    story = started(GenesisMode.FREE_FORM)
    story.when(EditContent(stage=CHARACTERS, content=CONTENT[CHARACTERS]))
    mara = story.proposal_id(CHARACTERS)
    story.when(EditContent(stage=CHARACTERS, proposal_id=mara, locked_paths=("/characters/mara/name",)))
    story.when(GenerateInspiration(stage=CHARACTERS))
    other = [{"id": "tom", "name": "Tom", "one_line_storyline": "He arrives."}]
    story.proposals_arrive(1, characters=other)
    people: Any = story.state.stages[CHARACTERS].proposals[-1].content["characters"]
    assert [person["name"] for person in people] == ["Tom", "Mara Venn"]


def test_the_writers_own_edit_of_locked_text_is_what_is_locked_from_then_on() -> None:
    story = with_concepts()
    chosen = story.proposal_id(CONCEPT, 0)
    story.when(EditContent(stage=CONCEPT, proposal_id=chosen, locked_paths=("/title",)))
    story.when(EditContent(stage=CONCEPT, proposal_id=chosen, content=CONTENT[CONCEPT] | {"title": "My own"}))
    story.when(GenerateInspiration())
    story.proposals_arrive(1, title="Something else")
    assert story.state.stages[CONCEPT].proposals[-1].content["title"] == "My own"


def test_unlocking_frees_the_text() -> None:
    story = with_concepts()
    chosen = story.proposal_id(CONCEPT, 0)
    story.when(EditContent(stage=CONCEPT, proposal_id=chosen, locked_paths=("/title",)))
    story.when(EditContent(stage=CONCEPT, locked_paths=()))
    story.when(GenerateInspiration())
    story.proposals_arrive(1, title="Free")
    assert story.state.stages[CONCEPT].proposals[-1].content["title"] == "Free"


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
keys = st.sampled_from(["a", "b", "c~d", "e/f", "0"])
documents = st.dictionaries(
    keys,
    st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)),
    max_size=4,
)


def paths_of(node: Any, prefix: str = "") -> list[str]:
    found = [prefix] if prefix else []
    if isinstance(node, dict):
        for key, value in node.items():
            found += paths_of(value, f"{prefix}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            found += paths_of(value, f"{prefix}/{index}")
    return found


@given(base=documents, content=documents, data=st.data())
def test_after_an_overlay_one_path_holds_what_the_base_holds(
    base: dict[str, Any], content: dict[str, Any], data: st.DataObject
) -> None:
    paths = [path for path in paths_of(base) if not any(part.isdigit() for part in path.split("/"))]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    before = repr((base, content))
    result = overlay(content, base, (path,))
    assert resolve(result, path) == resolve(base, path)
    assert repr((base, content)) == before  # neither is changed
    assert overlay(result, base, (path,)) == result
