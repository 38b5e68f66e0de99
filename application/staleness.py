"""Finds which chapters are stale: those of which an item that their writer was told has changed since. Pure.

A chapter rests on the manifests of the scenes that stand in its text. An item is compared with the same item of the
book as it is; what was added since changes nothing that was told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from uuid import UUID, uuid5

from application.chapter_context import current, stated
from application.chapter_material import Material, Placed
from domain.chapter.sources import Source, digest_of
from domain.continuity.facts import Fact
from domain.continuity.sentences import cut

_NAMESPACE = UUID("5d0e3f2c-9c0b-4a57-8e0c-3d5f0c7b1a52")
_NOTHING = digest_of("")
_ALIKE = 0.5
_MOST_RESTING = 3


@dataclass(frozen=True, slots=True)
class Resting:
    """A sentence of the stale chapter that says what the changed item said."""

    block_id: UUID
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """`old`, `new`: the first sentences that differ; `new` is empty where the item is gone."""

    id: UUID
    source: Source
    old: str
    new: str
    resting: tuple[Resting, ...] = ()


@dataclass
class BookNow:
    """The book as it is. `blocks`: the paragraphs that manifests name, as far as they are still shown."""

    material: Material
    blocks: Mapping[UUID, Placed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.items = current(self.material)
        self.chapters = {one.chapter_id for one in self.material.chapters}
        self.facts: dict[UUID, list[Fact]] = {}
        for one in self.material.facts:
            self.facts.setdefault(one.evidence.chapter_id, []).append(one)

    def changed(self, told: Source) -> str | None:
        """What the item says now, "" where it is gone; None: it has not changed."""
        gone = None if told.digest == _NOTHING else ""  # of an item without a word nothing was told
        if told.chapter_id is not None and told.chapter_id not in self.chapters:
            return gone
        if told.kind == "paragraph":
            return self._paragraph(told)
        if told.kind == "fact":
            return self._fact(told)
        now = self.items.get(told.key)
        if now is None:
            return gone
        return None if now.digest == told.digest else now.said

    def _paragraph(self, told: Source) -> str | None:
        now = self.blocks.get(told.block_id) if told.block_id is not None else None
        if now is None:
            return ""
        return None if now.version == told.version or digest_of(now.text) == told.digest else now.text

    def _fact(self, told: Source) -> str | None:
        """It holds while its paragraph means what it meant, or its chapter states the same elsewhere."""
        assert told.block_id is not None
        assert told.chapter_id is not None
        if self.material.versions.get(told.block_id) == told.version:
            return None
        of_chapter = self.facts.get(told.chapter_id, [])
        if any(stated(one) == told.ref for one in of_chapter):
            return None
        kind, person = told.ref.split("/")[:2]
        alike = [one for one in of_chapter if (one.kind, one.person) == (kind, person)]
        alike.sort(key=lambda one: one.evidence.block_id != told.block_id)
        if alike:
            return alike[0].evidence.sentence
        block = self.blocks.get(told.block_id)
        return _most_alike(told.said, block.text if block is not None else "")

    def resting(self, chapter_id: UUID, told: Source) -> tuple[Resting, ...]:
        """Sentences of a chapter that state the same kind of thing of the same person: what was told comes first."""
        if told.kind != "fact":
            return ()
        kind, person, value = told.ref.split("/")[:3]
        found = [
            one
            for one in self.facts.get(chapter_id, [])
            if (one.kind, one.person) == (kind, person) and one.evidence.block_id is not None
        ]
        found.sort(key=lambda one: one.value != value)
        said = {one.evidence.sentence: one.evidence.block_id for one in reversed(found)}
        return tuple(Resting(block, text) for text, block in reversed(said.items()) if block is not None)[
            :_MOST_RESTING
        ]


def changes(chapter_id: UUID, manifest: Iterable[Source], now: BookNow) -> Iterator[Change]:
    """What has changed of the items of a chapter's manifest, in its order."""
    seen, found = set[tuple[str, ...]](), set[UUID]()
    for told in manifest:
        key = (*told.key, told.digest, str(told.version))
        if key in seen or (told.chapter_id == chapter_id and told.kind in ("paragraph", "fact")):
            continue
        seen.add(key)
        text = now.changed(told)
        if text is None:
            continue
        change_id = uuid5(_NAMESPACE, "\x1f".join((str(chapter_id), *told.key, told.digest, digest_of(text))))
        if change_id in found:
            continue  # told twice, in two versions that said the same
        found.add(change_id)
        old, new = (told.said, text) if told.kind == "fact" else differing(told.said, text)
        yield Change(change_id, told, old, new, now.resting(chapter_id, told))


def differing(old: str, new: str) -> tuple[str, str]:
    """The first sentence of each that the other has not."""
    before, after = _sentences(old), _sentences(new)
    gone = next((one for one in before if one not in after), before[0] if before else "")
    come = next((one for one in after if one not in before), after[0] if after else "")
    return gone, come


def _sentences(text: str) -> list[str]:
    return [sentence for line in text.split("\n") for sentence, _ in cut(line)]


def _most_alike(sentence: str, text: str) -> str:
    """The sentence of `text` that most likely took the place of another; empty where none is like it."""
    rated = [(SequenceMatcher(None, sentence, one).ratio(), one) for one in _sentences(text)]
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] >= _ALIKE else ""


@dataclass(frozen=True, slots=True)
class StandingScene:
    """A scene of a draft that was accepted or not. `standing`: a paragraph of it is still in the text."""

    draft_id: UUID
    number: int
    standing: bool
    sources: Sequence[Source] | None


def manifest(scenes: Iterable[StandingScene]) -> Iterator[Source]:
    """What a chapter rests on: the items of each scene that stands in it; where a scene has none, of the one before."""
    told: dict[UUID, Sequence[Source]] = {}
    for scene in sorted(scenes, key=lambda one: (one.draft_id, one.number)):
        if scene.sources is not None:
            told[scene.draft_id] = scene.sources
        if scene.standing:
            yield from told.get(scene.draft_id, ())
