"""A part that the writer did not like, written again: the same decisions, other words."""

import copy
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content, overlay, resolve
from infrastructure.writers.muse.compose import compose
from infrastructure.writers.muse.sources import StagedWishes
from infrastructure.writers.muse.wishes import Wish

_TRIES = 4
_S = GenesisStage
PARTS: dict[GenesisStage, dict[str, tuple[str, ...]]] = {
    _S.CONCEPT_SELECTION: {
        "title": ("/title",),
        "opening": ("/hook",),
        "ending": ("/stakes",),
        "stakes": ("/stakes",),
        "conflict": ("/central_conflict",),
        "protagonist": ("/protagonist_sketch",),
        "premise": ("/logline", "/premise_question"),
        "style": ("/tone",),
    },
    _S.STORY_CONCEPTION: {
        "title": ("/alternative_titles",),
        "opening": ("/one_paragraph/setup",),
        "middle": ("/one_paragraph/disaster_2",),
        "ending": ("/one_paragraph/ending",),
        "premise": ("/premise_sentence",),
        "style": ("/style_guide", "/pov", "/tone"),
    },
    _S.CHARACTERS: {"protagonist": ("/characters/0",), "antagonist": ("/characters/1",), "style": ()},
    _S.WORLDVIEW: {
        "rules": ("/rules",),
        "places": ("/locations",),
        "factions": ("/factions",),
        "history": ("/history",),
    },
    _S.PLOT_OUTLINE: {
        "beats": ("/beats",),
        "chapters": ("/chapters",),
        "threads": ("/threads", "/subplots"),
        "ending": ("/beats",),
    },
}
"""Where the parts that writers name lie in each stage."""


def written_again(request: WriterRequest, staged: StagedWishes, turn: int, content: Content, wish: Wish) -> Content:
    """`content` with the part that `wish` names in other words; with everything, when it names nothing we know."""
    paths = PARTS[request.work.stage].get(wish.value, ())
    for again in range(1, _TRIES + 1):
        _, other = compose(request, staged, turn, (str(content.get("title") or ""),), again=again)
        if not paths:
            return _kept_title(content, other)
        if any(_at(content, path) != _at(other, path) for path in paths):
            return overlay(copy.deepcopy(content), other, paths)
    return content


def _kept_title(content: Content, other: Content) -> Content:
    """A title is how the writer knows the proposal by; it is only changed when they ask for that."""
    return {**other, **{key: content[key] for key in ("title", "working_title") if key in content}}


def _at(content: Content, path: str) -> Any:
    return resolve(content, path)[1]


def again_at(request: WriterRequest, staged: StagedWishes, turn: int, content: Content, path: str) -> Content:
    """`content` with other words at one path."""
    for again in range(1, _TRIES + 1):
        _, other = compose(request, staged, turn, (), again=again)
        if resolve(other, path)[0] and _at(content, path) != _at(other, path):
            return overlay(copy.deepcopy(content), other, (path,))
    return content
