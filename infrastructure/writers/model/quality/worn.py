"""Words that the writer has banned, and those that every machine writes."""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.quality.finding import DATA, Finding, fields, finding
from infrastructure.writers.text_units import is_dense, units

_LONGEST_BANNED = 5
"""Words: what is longer is a rule about writing, not a phrase to look for."""

_NAMED = re.compile(r"/(characters/\d+/(name|aliases/\d+)|title|working_title|protagonist_sketch|logline)$")


@lru_cache
def _worn() -> dict[str, list[str]]:
    return tomllib.loads((DATA / "worn.toml").read_text(encoding="utf-8"))


def worn(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    """Nothing that the writer has used themselves is worn."""
    language = request.premise.language
    own = "\n".join(_own(request)).casefold()
    banned = [one for one in _banned(request) if _has(own, one) is False]
    names = [one for one in _worn()["names"] if _has(own, one) is False]
    phrases = [one for one in _worn()["phrases"] if _has(own, one) is False]
    for number, content in enumerate(contents):
        told: set[str] = set()
        for path, text in fields(content):
            if path.startswith(("/style_guide/", "/adjustments_made", "/comparable_titles", "/content_limits")):
                continue
            lower = text.casefold()
            for kind, list_ in (("BANNED", banned), ("WORN_NAME", names), ("WORN_PHRASE", phrases)):
                for one in list_:
                    if one not in told and _has(lower, one):
                        told.add(one)
                        grave = kind == "BANNED" or (kind == "WORN_NAME" and _NAMED.search(path))
                        yield finding(kind, number, path, language, severity="ask" if grave else "note", what=one)


def _has(text: str, phrase: str) -> bool:
    """Whether a phrase stands in a text of small letters, as whole words."""
    wanted = re.escape(phrase.casefold())
    return bool(re.search(wanted if is_dense(phrase) else rf"(?<!\w){wanted}(?!\w)", text))


def _banned(request: WriterRequest) -> list[str]:
    conception: Any = request.confirmed.get(GenesisStage.STORY_CONCEPTION) or {}
    given = (conception.get("style_guide") or {}).get("banned") or []
    phrases = [str(one).strip().strip("“”\"'「」.。") for one in given]
    return [one for one in phrases if one and len(units(one)) <= (8 if is_dense(one) else _LONGEST_BANNED)]


def _own(request: WriterRequest) -> Iterator[str]:
    """What came from the writer, and what they have taken already. A note is no wish for each word in it."""
    premise = request.premise
    yield from (premise.seed, premise.title, request.work.instructions)
    for stage, content in request.confirmed.items():
        for path, text in fields(content):
            if not (stage is GenesisStage.STORY_CONCEPTION and path.startswith("/style_guide/")):
                yield text
    for path, text in fields(request.record.lock_base or {}):
        if not path.startswith("/style_guide/"):
            yield text
