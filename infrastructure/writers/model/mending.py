"""Mends by code what is not worth asking a model again: ids that stand twice, references to nobody, lost numbers."""

from collections.abc import Iterator
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content


def mended(request: WriterRequest, content: Content) -> Content:
    """`content` with unique ids, references that lead somewhere, chapters 1…n, and locked values put back."""
    for key, value in content.items():
        if isinstance(value, list):
            _mend_ids(request, key, [item for item in value if isinstance(item, dict) and "id" in item])
    if request.work.stage is GenesisStage.CHARACTERS:
        _mend_relations(content)
    elif request.work.stage is GenesisStage.PLOT_OUTLINE:
        _mend_chapters(request, content)
    return request.record.with_locks_kept(content)


def _mend_ids(request: WriterRequest, key: str, items: list[Any]) -> None:
    """Of several items with one id, the one that bore it before keeps it, else the first; the others get new ones.

    And an item that a lock is about gets its id back when the model has given it another: a lock goes by the id.
    """
    names = _known_names(request, key)
    taken = {str(item["id"]) for item in items}
    locked = {one for one in names if any(f"/{key}/{one}/" in f"{path}/" for path in request.record.locked_paths)}
    for lost in locked - taken:
        bearer = next((item for item in items if item.get("name") == names[lost]), None)
        if bearer is not None and bearer["id"] not in names:
            bearer["id"] = lost
            taken.add(lost)
    for one in sorted({str(item["id"]) for item in items}):
        same = [item for item in items if item["id"] == one]
        keeper = next((item for item in same if item.get("name") == names.get(one)), same[0])
        for item in same:
            if item is not keeper:
                item["id"] = _free(one, taken | names.keys())
                taken.add(item["id"])


def _free(one: str, taken: set[str]) -> str:
    number = 2
    while f"{one[:76]}-{number}" in taken:
        number += 1
    return f"{one[:76]}-{number}"


def _known_names(request: WriterRequest, key: str) -> dict[str, str]:
    """The names that ids of this list had until now; what is locked says it surest."""
    record = request.record
    known: dict[str, str] = {}
    for content in (record.confirmed, request.target.content if request.target else None, record.lock_base):
        known |= {str(item["id"]): str(item.get("name")) for item in _items(content, key) if "id" in item}
    return known


def _items(content: Content | None, key: str) -> Iterator[dict[str, Any]]:
    value = (content or {}).get(key)
    yield from (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _mend_relations(content: Content) -> None:
    people: Any = content["characters"]
    ids = {person["id"] for person in people}
    for person in people:
        person["relations"] = [relation for relation in person["relations"] if relation["target_id"] in ids]


def _mend_chapters(request: WriterRequest, content: Content) -> None:
    people = _ids(request, GenesisStage.CHARACTERS, "characters")
    places = _ids(request, GenesisStage.WORLDVIEW, "locations")
    chapters: Any = content["chapters"]
    if sorted(chapter["n"] for chapter in chapters) == list(range(1, len(chapters) + 1)):
        chapters.sort(key=lambda chapter: chapter["n"])
    for number, chapter in enumerate(chapters, start=1):
        chapter["n"] = number
        if people:
            chapter["character_ids"] = [one for one in chapter["character_ids"] if one in people]
            if chapter["pov_character_id"] not in people:
                chapter["pov_character_id"] = None
        if places:
            chapter["location_ids"] = [one for one in chapter["location_ids"] if one in places]


def _ids(request: WriterRequest, stage: GenesisStage, key: str) -> set[str]:
    return {str(item["id"]) for item in _items(request.confirmed.get(stage), key) if "id" in item}
