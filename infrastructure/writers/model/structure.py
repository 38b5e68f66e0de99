"""What the structure of a stage decides by itself: ids, beat keys, numbers. A model is not asked for what is known."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.schemas import PASSAGE, Json, closed, listed, one_of
from infrastructure.writers.muse.lexicon import language_of, load

_ITEMS = {"characters": "person", "rules": "rule", "locations": "place", "factions": "faction"}


class Structure:
    """The fixed parts of one request's answer."""

    def __init__(self, request: WriterRequest, *, lean: bool) -> None:
        self._request = request
        self._lean = lean
        self._stage = request.work.stage
        self._target: Content = request.target.content if request.target else {}
        self._people = self._named(GenesisStage.CHARACTERS, "characters")
        self._places = self._named(GenesisStage.WORLDVIEW, "locations")
        self._preset = self._chosen_preset() if self._stage is GenesisStage.PLOT_OUTLINE else None

    def fixed(self) -> Mapping[str, Json]:
        """Schemas by field name. Beats of a preset are keys of an object: none can be missing, doubled or invented."""
        fixed: dict[str, Json] = {}
        ids = [str(item["id"]) for key in _ITEMS for item in _items(self._target, key) if item.get("id")]
        if ids and self._lean:
            fixed["id"] = {"type": "string", "maxLength": 80}
        if self._stage is not GenesisStage.PLOT_OUTLINE:
            return fixed
        people, places = [*self._people.values()], [*self._places.values()]
        fixed["pov_character_id"] = one_of(people) if people else {}
        fixed["character_ids"] = listed(one_of(people), 0, 8) if people else {}
        fixed["location_ids"] = listed(one_of(places), 0, 4) if places else {}
        if self._preset is not None:
            summary: Json = {"type": "string", "maxLength": PASSAGE} if self._lean else {"type": "string"}
            beat = closed({"summary": summary} if self._lean else {"summary": summary, "character_change": summary})
            fixed["beats"] = closed({key: beat for key, _ in self._preset[1]})
            fixed["structure"] = {}
        return fixed

    def completed(self, content: Content) -> Content:
        """`content` with what only the structure needs: ids, labels, places of beats, numbers of chapters."""
        if self._stage is GenesisStage.STORY_CONCEPTION and not content.get("working_title"):
            chosen = self._request.confirmed.get(GenesisStage.CONCEPT_SELECTION) or {}
            if title := self._target.get("working_title") or chosen.get("title") or self._request.premise.title:
                content["working_title"] = title
        for key, kind in _ITEMS.items():
            _with_ids(_items(content, key), kind, _items(self._target, key))
        for person in _items(content, "characters"):
            _by_name(person.get("relations"), "target_id", _names(_items(content, "characters")))
        _by_name(_items(content, "locations"), "parent_id", _names(_items(content, "locations")))
        if self._stage is GenesisStage.PLOT_OUTLINE:
            self._complete_plot(content)
        return content

    def _complete_plot(self, content: Content) -> None:
        if self._preset is not None and content.get("structure") in (None, self._preset[0]):
            structure, beats = self._preset
            content["structure"] = structure
            places = dict(beats)
            labels = load(f"{language_of(self._request.premise.language)}/plot")["beats"]
            for beat in _items(content, "beats"):
                key = str(beat.get("key"))
                if key in places:
                    beat.setdefault("target_pct", places[key])
                    beat.setdefault("label", str(labels[key]).partition("|")[0].strip() if key in labels else key)
        chapters = _items(content, "chapters")
        if [one.get("n") for one in chapters] != list(range(1, len(chapters) + 1)):
            for at, chapter in enumerate(chapters, start=1):
                chapter["n"] = at
        _by_name(chapters, "pov_character_id", self._people)
        for chapter in chapters:
            for key, known in (("character_ids", self._people), ("location_ids", self._places)):
                if isinstance(chapter.get(key), list):
                    chapter[key] = [known.get(str(one).casefold(), one) for one in chapter[key]]

    def _chosen_preset(self) -> tuple[str, list[tuple[str, float]]] | None:
        """(structure, [(beat key, place in per cent)]) of what the conception chose; None: beats of the novel's own."""
        conception = self._request.confirmed.get(GenesisStage.STORY_CONCEPTION) or {}
        structure = str(self._target.get("structure") or conception.get("structure") or "three_act")
        preset = load("beats").get(structure)
        return (structure, [(key, percent) for key, percent in preset["beats"]]) if preset else None

    def _named(self, stage: GenesisStage, key: str) -> dict[str, str]:
        return _names(_items(self._request.confirmed.get(stage) or {}, key))


def _items(content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = content.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _names(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Ids by name, in lower case; of two of a name, the first."""
    found: dict[str, str] = {}
    for item in items:
        if isinstance(item.get("id"), str):
            found.setdefault(str(item.get("name") or item["id"]).casefold(), item["id"])
    return found


def _by_name(items: Any, key: str, known: Mapping[str, str]) -> None:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get(key), str):
            item[key] = known.get(item[key].casefold(), item[key])


def _with_ids(items: list[dict[str, Any]], kind: str, before: list[dict[str, Any]]) -> None:
    """An id for everything with a name; who was there before keeps theirs, and no two are the same."""
    earlier = _names(before)
    taken: set[str] = set()
    for at, item in enumerate(items, start=1):
        name = str(item.get("name") or "")
        wanted = str(item.get("id") or earlier.get(name.casefold()) or _slug(name) or f"{kind}-{at}")
        unique, more = wanted, 2
        while unique in taken:
            unique, more = f"{wanted}-{more}", more + 1
        taken.add(unique)
        item["id"] = unique


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.casefold()).strip("-")[:60]
