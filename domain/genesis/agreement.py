"""Finds where confirmed stages contradict each other: old names, references to nothing, plans that differ; and what a
model found in texts that still stand there.

Pure, and for both sides: pages show what it finds, decisions carry out what was accepted. It would rather miss
something than raise a false alarm, and proposes a change only where code can be sure what is meant.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from domain.genesis.contradiction import (
    TITLES,
    Contradiction,
    Edit,
    Kind,
    contradiction_id,
    edited,
    excerpt,
    lasting_path,
    prose,
    told_apart,
)
from domain.genesis.found import found_by_model
from domain.genesis.given_names import given_name
from domain.genesis.naming import PERSON, PLACE, TERM, TIME, Named, named
from domain.genesis.old_names import Found, Meant, NameSearch, is_common, name_parts, stand_in, surfaces
from domain.genesis.proposals import FormerName, resolve
from domain.genesis.references import findings
from domain.genesis.settled import Settled, is_locked, possible
from domain.genesis.stages import STAGE_ORDER

MOST_AT_ONCE = 200
"""Contradictions that one command may name, and that are shown at once."""


class Agreement(NamedTuple):
    """What is found between stages, stage by stage: what is open, and what the writer has dismissed."""

    open: tuple[Contradiction, ...]
    dismissed: tuple[Contradiction, ...]


def contradictions(stages: Mapping[GenesisStage, Settled]) -> tuple[Contradiction, ...]:
    """All contradictions that the writer has not dismissed, stage by stage."""
    return agreement(stages).open


def agreement(stages: Mapping[GenesisStage, Settled]) -> Agreement:
    """All contradictions, those that were dismissed apart."""
    book = _Book(stages)
    by_model = found_by_model(stages)
    # what code is sure of comes first: of two changes to one text the first is shown
    found = list(told_apart([*book.old_names(), *book.notes(), *book.references(), *by_model]))
    parted = [(one, bool(one.ids & stages[one.stage].dismissed)) for one in found]
    kept, left = ([one for one, is_left in parted if is_left is wanted] for wanted in (False, True))
    return Agreement(_sorted(kept, stages), _sorted(left, stages))


def _sorted(found: list[Contradiction], stages: Mapping[GenesisStage, Settled]) -> tuple[Contradiction, ...]:
    order = {stage: place for place, stage in enumerate(STAGE_ORDER)}
    return tuple(sorted(possible(found, stages), key=lambda one: order[one.stage]))


class _Book:
    """All confirmed stages, with what they name and named before."""

    def __init__(self, stages: Mapping[GenesisStage, Settled]) -> None:
        self.stages = stages
        self.contents = {stage: one.content for stage, one in stages.items()}
        self.named = {stage: {(one.kind, one.key): one for one in named(own)} for stage, own in self.contents.items()}
        everything = [one for own in self.named.values() for one in own.values()]
        self.current = {text for one in everything for text in (one.name, *one.aliases) if text}
        people = [name for one in everything if one.kind == PERSON for name in (one.name, *one.aliases)]
        short = {re.split("[,，]", one.name, maxsplit=1)[0].strip() for one in everything}
        self.taken = self.current | short | {part for name in people for part in (*name_parts(name), given_name(name))}
        self.is_word = lru_cache(maxsize=512)(self._is_word)

    def _is_word(self, word: str) -> bool:
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        return any(pattern.search(text) for content in self.contents.values() for _, _, text in prose(content))

    def formers(self) -> Iterator[tuple[GenesisStage, FormerName, Named | None, str | None]]:
        """(stage, former name, who had it, what they are called now) of names that nobody has any more."""
        for stage, own in self.stages.items():
            for former in own.former:
                item = self.named[stage].get((former.kind, former.key))
                now = _name_now(item, former)
                if former.name and former.name != now and former.name not in self.taken:
                    yield stage, former, item, now

    def old_names(self) -> Iterator[Contradiction]:
        """Texts in which something has the name that it had before."""
        olds = [
            (former.kind, one)
            for source, former, item, now in self.formers()
            if now is not None or (item is None and _is_proper(former))
            for one in surfaces(former.kind, Meant(former.name, now, source))
            if not is_common(one.text) and one.text not in self.taken
        ]
        given = Counter(one.text for _, one in olds if one.given)
        olds = [(kind, one) for kind, one in olds if not one.given or given[one.text] == 1]  # whose it was nobody knows
        renamed = {one.text for _, one in olds if one.meant.new is not None}
        for stage in self.stages if olds else ():
            # who has another id and the name of somebody gone is taken for them; a world's history has its own years
            here = [
                one
                for kind, one in olds
                if (one.meant.new is not None or one.text not in renamed)
                and (kind != TIME or stage is not one.meant.source)
            ]
            yield from self._in_texts(stage, NameSearch(here, self.current, self.is_word))

    def _in_texts(self, stage: GenesisStage, search: NameSearch) -> Iterator[Contradiction]:
        for path, key, text in prose(self.contents[stage]):
            found = search.find(text, title=key in TITLES)
            if found:
                yield self._of_text(stage, path, text, found)

    def _of_text(self, stage: GenesisStage, path: str, text: str, found: Sequence[Found]) -> Contradiction:
        sure: list[Edit] = [(one.start, one.end, one.now) for one in found if one.now is not None]
        left = [one for one in found if one.now is None]
        meant = list(dict.fromkeys(one.meant for one in found))
        kind: Kind = "old_name" if sure else "ambiguous_name" if any(one.meant.new for one in left) else "gone_name"
        # what is left is shown, too, as it is
        shown = [(one.start, one.end, text[one.start : one.end] if one.now is None else one.now) for one in found]
        before, after = excerpt(text, shown)
        value = edited(text, sure) if sure else None
        own, placed = self._ids(kind, stage, path, text, value)
        return Contradiction(
            id=own,
            placed_id=placed,
            kind=kind,
            stage=stage,
            path=path,
            source=meant[0].source,
            sentence=before,
            proposed=after if sure else None,
            value=value,
            names=tuple((one.old, one.new) for one in meant),
            locked=is_locked(self.stages[stage], path),
            unsure=bool(sure and left),
        )

    def notes(self) -> Iterator[Contradiction]:
        """Renames that code cannot follow, once each: a name that is a common word, and two that changed places."""
        for source, former, item, now in self.formers():
            if item is None or now is None or not is_common(former.name):
                continue
            elsewhere = {
                f"{stage}{path}": text
                for stage, content in self.contents.items()
                if stage is not source
                for path, _, text in prose(content)
            }
            if stand_in([former.name], elsewhere):
                yield self._note(source, item, ((former.name, now),))
        for stage, own in self.stages.items():
            people = self.named[stage]
            owner = {one.name: (one.kind, one.key) for one in people.values()}
            had: dict[tuple[str, str], set[str]] = {}
            for former in own.former:
                had.setdefault((former.kind, former.key), set()).add(former.name)
            for key, one in people.items():
                for name in sorted(had.get(key, ())):
                    other = owner.get(name)
                    if other is not None and key < other and one.name in had.get(other, ()):
                        yield self._note(stage, one, ((name, one.name), (one.name, name)))

    def _note(self, stage: GenesisStage, item: Named, names: tuple[tuple[str, str], ...]) -> Contradiction:
        own, placed = self._ids("ambiguous_name", stage, item.path, [list(pair) for pair in names], None)
        return Contradiction(
            id=own,
            placed_id=placed,
            kind="ambiguous_name",
            stage=stage,
            path=item.path,
            source=stage,
            sentence=item.name,
            names=names,
            locked=is_locked(self.stages[stage], item.path),
        )

    def references(self) -> Iterator[Contradiction]:
        """What stages say of each other as data."""
        called = {
            former.key: former.name
            for own in self.stages.values()
            for former in own.former
            if former.kind in (PERSON, PLACE) and former.alias is None
        }
        for one in findings(self.contents, called):
            now = resolve(self.contents[one.stage], one.path)[1] if one.proposed is not None else one.sentence
            own, placed = self._ids(one.kind, one.stage, one.path, now, one.value)
            yield Contradiction(
                id=own,
                placed_id=placed,
                kind=one.kind,
                stage=one.stage,
                path=one.path,
                source=one.source,
                sentence=one.sentence,
                proposed=one.proposed,
                value=one.value,
                names=one.names,
                locked=is_locked(self.stages[one.stage], one.path),
            )

    def _ids(self, kind: Kind, stage: GenesisStage, path: str, now: JsonValue, after: JsonValue) -> tuple[UUID, UUID]:
        """The id, and the one by its place."""
        lasting = lasting_path(self.contents[stage], path)
        return contradiction_id(kind, stage, lasting, now, after), contradiction_id(kind, stage, path, now, after)


def _name_now(item: Named | None, former: FormerName) -> str | None:
    if item is None:
        return None
    if former.alias is None:
        return item.name
    return item.aliases[former.alias] if former.alias < len(item.aliases) else None


def _is_proper(former: FormerName) -> bool:
    """Whether its name says by itself that it is meant: of what is gone, only such names are looked for."""
    words = former.name.split()
    capitals = all(word[:1].isupper() for word in words if word.lower() not in ("the", "of", "and", "de", "van", "von"))
    cased = capitals and any(word[:1].isupper() for word in words)
    if former.kind == PERSON:
        return cased or not former.name.isascii()
    return former.kind not in (TERM, TIME) and cased and len(words) > 1
