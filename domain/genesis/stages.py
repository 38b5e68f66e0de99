"""The stages of a genesis and the two modes, as data: order, labels, and what a mode allows."""

from dataclasses import dataclass

from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.content import Characters, ConceptVariant, PlotOutline, StageContent, StoryConception, Worldview


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: key, labels, the shape of its content, and how many proposals a round brings."""

    key: GenesisStage
    label: str
    label_zh: str
    content: type[StageContent]
    default_count: int
    max_count: int


@dataclass(frozen=True, slots=True)
class ModePolicy:
    """What a mode allows.

    auto_advance: a confirmation enters the next open stage and asks for its proposals at once.
    free_navigation: any stage may be entered at any time; otherwise only confirmed ones and the first that is not.
    """

    auto_advance: bool
    free_navigation: bool


# The order of guided work. The enumeration lists WORLDVIEW before CHARACTERS; a world is built around the people in
# it here, so the workflow's order decides (docs/decisions/0008-stage-order-and-waiting-index.md).
STAGES: tuple[Stage, ...] = (
    Stage(GenesisStage.CONCEPT_SELECTION, "Concept", "概念", ConceptVariant, default_count=3, max_count=10),
    Stage(GenesisStage.STORY_CONCEPTION, "Story", "故事", StoryConception, default_count=1, max_count=3),
    Stage(GenesisStage.CHARACTERS, "Characters", "人物", Characters, default_count=1, max_count=3),
    Stage(GenesisStage.WORLDVIEW, "World", "世界", Worldview, default_count=1, max_count=3),
    Stage(GenesisStage.PLOT_OUTLINE, "Plot", "情节", PlotOutline, default_count=1, max_count=3),
)

STAGE_ORDER: tuple[GenesisStage, ...] = tuple(stage.key for stage in STAGES)
STAGE_BY_KEY: dict[GenesisStage, Stage] = {stage.key: stage for stage in STAGES}

MODES: dict[GenesisMode, ModePolicy] = {
    GenesisMode.GUIDED: ModePolicy(auto_advance=True, free_navigation=False),
    GenesisMode.FREE_FORM: ModePolicy(auto_advance=False, free_navigation=True),
}


def later_stages(stage: GenesisStage) -> tuple[GenesisStage, ...]:
    """The stages that are built on `stage`, in order."""
    return STAGE_ORDER[STAGE_ORDER.index(stage) + 1 :]
