"""What a model found in confirmed stages: taken when both quotations stand there, shown while they still do."""

import json
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID, uuid5

from genesis_types.enums import GenesisStage
from pydantic import BaseModel, ConfigDict

from domain.genesis.contradiction import Contradiction, contradiction_id, edited, excerpt, lasting_path
from domain.genesis.proposals import Content, FoundContradiction
from domain.genesis.quotes import Place, places, standing
from domain.genesis.settled import Settled, is_locked

MOST_FOUND = 20
"""Findings of one search that are kept."""

_LONGEST_WHY, _LONGEST_CHANGE = 600, 2_000
_NAMESPACE = UUID("5b1c1f0a-3a0e-4d4e-8a55-0f6c8d2f7b61")


class FoundPair(BaseModel):
    """What a model says of two texts, before anybody has looked whether they are there: as in FoundContradiction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quote: str
    other_quote: str
    why: str = ""
    change: str | None = None


def proven(
    pairs: Iterable[FoundPair], contents: Mapping[GenesisStage, Content], model: str
) -> tuple[tuple[FoundContradiction, ...], int]:
    """(what is really there, how many are not): both quotations have to stand in what is confirmed, in two places."""
    found: dict[frozenset[tuple[GenesisStage, str, str]], FoundContradiction] = {}
    dropped = 0
    for pair in pairs:
        both = _both(pair, contents)
        if both is None:
            dropped += 1
            continue
        (stage, here), (source, there) = both
        one = FoundContradiction(
            stage=stage,
            path=here.path,
            quote=here.quote,
            source=source,
            source_path=there.path,
            source_quote=there.quote,
            proposed=_change(pair.change, here.quote),
            why=pair.why.strip()[:_LONGEST_WHY],
            model=model,
        )
        found.setdefault(frozenset({(stage, here.path, here.quote), (source, there.path, there.quote)}), one)
    return tuple(found.values())[:MOST_FOUND], dropped


def _both(
    pair: FoundPair, contents: Mapping[GenesisStage, Content]
) -> tuple[tuple[GenesisStage, Place], tuple[GenesisStage, Place]] | None:
    firsts, others = (
        [(stage, place) for stage, content in contents.items() for place in places(content, quote)]
        for quote in (pair.quote, pair.other_quote)
    )
    both = [(one, other) for one in firsts for other in others]
    across = next((pair for pair in both if pair[0][0] is not pair[1][0]), None)
    return across or next((pair for pair in both if _are_apart(pair[0][1], pair[1][1])), None)


def _are_apart(one: Place, other: Place) -> bool:
    """Whether two places of the same stage say two things: not the same words, and neither a part of the other."""
    if one.quote == other.quote:
        return False
    return one.path != other.path or one.end <= other.start or other.end <= one.start


def _change(change: str | None, quote: str) -> str | None:
    """What would stand instead of `quote`, None where a model gave nothing that is another text."""
    text = (change or "").strip()
    if not text or text == quote or len(text) > _LONGEST_CHANGE or text.strip("….-— ") == "":
        return None
    return text


def found_by_model(stages: Mapping[GenesisStage, Settled]) -> Iterator[Contradiction]:
    """All that was found of which both quotations still stand in what is confirmed."""
    for own in stages.values():
        for one in own.found:
            source = stages.get(one.source)
            here = standing(own.content, one.quote, one.path)
            there = standing(source.content, one.source_quote, one.source_path) if source else None
            if source is not None and here is not None and there is not None:
                yield _contradiction(one, own, source, (here, there))


def _contradiction(
    one: FoundContradiction, own: Settled, source: Settled, standing_at: tuple[Place, Place]
) -> Contradiction:
    stage, (here, there) = one.stage, standing_at
    now = here.quote if one.proposed is None else one.proposed
    before, after = excerpt(here.text, [(here.start, here.end, now)])
    otherwise, _ = excerpt(there.text, [(there.start, there.end, there.quote)])
    value = None if one.proposed is None else edited(here.text, [(here.start, here.end, one.proposed)])
    places_named = (
        (stage.value, lasting_path(own.content, here.path), one.quote),
        (one.source.value, lasting_path(source.content, there.path), one.source_quote),
    )
    pair = json.dumps(sorted(places_named), ensure_ascii=False)
    return Contradiction(
        id=contradiction_id("found", stage, lasting_path(own.content, here.path), [pair, before], one.proposed),
        placed_id=uuid5(_NAMESPACE, pair),
        kind="found",
        stage=stage,
        path=here.path,
        source=one.source,
        sentence=before,
        proposed=after if value is not None else None,
        value=value,
        locked=is_locked(own, here.path),
        found_by=one.model,
        said=one.why,
        source_path=there.path,
        source_sentence=otherwise,
        search_id=own.search,
    )
