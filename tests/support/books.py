"""Books whose stages are all confirmed, and what then changes in one of them, as a writer would change it."""

import copy
from typing import Any

from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.agreement import agreement, contradictions
from domain.genesis.commands import ConfirmStage, EditContent
from domain.genesis.contradiction import Contradiction
from domain.genesis.settled import settled
from tests.support.genesis import CONTENT, Story, all_confirmed

CONCEPT, STORY = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION
CHARACTERS, WORLD, PLOT = GenesisStage.CHARACTERS, GenesisStage.WORLDVIEW, GenesisStage.PLOT_OUTLINE


def person(key: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "name": name, "one_line_storyline": "Learns.", **more}


def place(key: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "name": name, **more}


def chapter(summary: str, **more: Any) -> dict[str, Any]:
    return {"n": 1, "title": "One", "summary": summary, **more}


class Book:
    """A free-form session with every stage confirmed; `change` edits what is confirmed and confirms the edit."""

    def __init__(self, **stages: dict[str, Any]) -> None:
        self.story: Story = all_confirmed(GenesisMode.FREE_FORM)
        keys = {stage.value.lower().split("_")[0]: stage for stage in CONTENT}
        for name, changes in stages.items():
            self.change(keys[name], **changes)
        # what the changes above renamed is no part of what the test tells
        for stage, record in self.story.state.stages.items():
            first = record.proposals[-1].model_copy(update={"revision_of": None, "version": 1})
            self.story.state.stages[stage] = record.model_copy(update={"former": (), "proposals": (first,)})

    def content(self, stage: GenesisStage) -> dict[str, Any]:
        confirmed = self.story.state.stages[stage].confirmed
        assert confirmed is not None
        return copy.deepcopy(confirmed)

    def change(self, stage: GenesisStage, **changes: Any) -> None:
        record = self.story.state.stages[stage]
        content = self.content(stage) | changes
        self.story.when(EditContent(stage=stage, proposal_id=record.confirmed_proposal_id, content=content))
        self.story.when(ConfirmStage(stage=stage, proposal_id=self.story.proposal_id(stage)))

    def rename(self, old: str, new: str) -> None:
        """Another name for a person, in the name alone."""
        people = self.content(CHARACTERS)["characters"]
        self.change(CHARACTERS, characters=[one | {"name": new} if one["name"] == old else one for one in people])

    @property
    def found(self) -> tuple[Contradiction, ...]:
        return contradictions(settled(self.story.state.stages))

    @property
    def dismissed(self) -> tuple[Contradiction, ...]:
        return agreement(settled(self.story.state.stages)).dismissed

    def proposed(self) -> list[str | None]:
        return [one.proposed for one in self.found]
