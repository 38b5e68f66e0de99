"""What part of a large content a request asks for, and a server's answers to it."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_ORDER
from infrastructure.writers.model.writer import ModelWriter
from infrastructure.writers.muse.proposing import propose
from tests.support.model_answers import asked_for, settings, told
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.writers import request

CAST, WORLD, PLOT = GenesisStage.CHARACTERS, GenesisStage.WORLDVIEW, GenesisStage.PLOT_OUTLINE
KEYS = {
    CAST: ["cast", *(f"person:{at}" for at in range(5))],
    WORLD: ["frame", "places", "factions"],
    PLOT: ["beats", "chapters:1", "chapters:4", "chapters:7"],
}
"""The parts of the lean profile; the muse's cast has as many people as that profile takes."""

SEED = "a lamp"


def part_of(body: dict[str, Any]) -> str:
    """The key of the part that a request asks for, of a refinement the names in it; "whole" for all at once."""
    task = told(body)[1]
    if "list of the cast" in task:
        return "cast"
    if found := re.search(r"nobody else: number (\d+)", task):
        return f"person:{int(found[1]) - 1}"
    if "what carries the plot" in task:
        return "beats"
    for key, words in {
        "frame": "only the frame of the world",
        "places": "only the places of this world",
        "factions": "Now give only factions",
        "concerns": "choose from <can_change>",
    }.items():
        if words in task:
            return key
    if found := re.search(r"(?:nothing else|there already): (.*?)\.(?: What stands|\n)", task):
        return found[1]
    found = re.search(r"Now give chapters? (\d+)", task)
    return f"chapters:{found[1]}" if found else "whole"


def parts_asked(server: OpenAIServer) -> list[str]:
    return [part_of(body) for _, _, body in server.requests]


@lru_cache
def _answer(stage: GenesisStage) -> str:
    """The muse's content of a stage, whole: of every part's request the writer takes what it asked for."""
    return json.dumps(propose(_before(stage))[0][0])


def well() -> Behaviour:
    return Behaviour(answer=lambda body: _answer(asked_for(body).work.stage), chunk=4_000)


def broken() -> Behaviour:
    """Prose instead of the part."""
    return Behaviour(answer=lambda _: "Once there was a lamp.", as_text=True)


class PartServer(OpenAIServer):
    """Answers well, but for `failing`: by the key of a part, how its requests are answered in turn; the last stays."""

    def __init__(self, failing: dict[str, list[Behaviour]] | None = None) -> None:
        super().__init__()
        self.failing = failing or {}

    def behaviour(self, body: dict[str, Any]) -> Behaviour:
        own = self.failing.get(part_of(body))
        if not own:
            return well()
        return own.pop(0) if len(own) > 1 else own[0]


def small_model(server: OpenAIServer, name: str, **more: Any) -> ModelWriter:
    named = settings(server, model=f"openai:{name}", model_profile="lean", **more)
    return ModelWriter(named, pause_seconds=0)


def large(stage: GenesisStage, **more: Any) -> WriterRequest:
    """A request for a stage that has parts, with everything before it confirmed."""
    return request(stage, SEED, count=1, confirmed=dict(_before(stage).confirmed), **more)


def before(stage: GenesisStage) -> Mapping[GenesisStage, Content]:
    """A content for each stage before `stage`."""
    return _before(stage).confirmed


@lru_cache
def _before(stage: GenesisStage) -> WriterRequest:
    confirmed: dict[GenesisStage, Content] = {}
    for earlier in STAGE_ORDER[: STAGE_ORDER.index(stage)]:
        confirmed[earlier] = propose(request(earlier, SEED, count=1, confirmed=dict(confirmed)))[0][0]
    return request(stage, SEED, count=1, confirmed=confirmed)
