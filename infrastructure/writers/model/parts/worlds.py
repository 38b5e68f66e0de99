"""Plans a world: where and by which rules it is, then its places, who holds power in it, and what was before."""

from collections.abc import Collection
from typing import Any

from application.writers import WriterRequest
from domain.genesis.content import Worldview
from domain.genesis.proposals import Content, pointer_parts
from infrastructure.writers.model.digests import without_empty
from infrastructure.writers.model.part_kinds import part_kind
from infrastructure.writers.model.parts.items import Kept, items_of
from infrastructure.writers.model.parts.step import Came, Step

FIELDS: dict[bool, dict[str, tuple[str, ...]]] = {
    True: {"frame": ("setting", "rules"), "places": ("locations",), "factions": ("factions",)},
    False: {
        "frame": ("setting", "rules", "technology_level", "motifs"),
        "places": ("locations",),
        "factions": ("factions", "cultures", "power_structure", "economy", "taboos"),
        "history": ("history", "glossary"),
    },
}
"""The fields that each part asks for, of the lean profile and of the full one; the first of them has to come."""

_NAMES = {"frame": "WorldFrame", "places": "Places", "factions": "Factions", "history": "History"}
_TASKS = {
    "frame": "First give only the frame of the world: {what}. Everything else is asked for afterwards.",
    "places": "The frame is settled: <frame>. Now give only the places of this world.",
    "factions": "The frame and the places are settled: <frame>, <places>. Now give only {what}.",
    "history": "The frame and the places are settled: <frame>, <places>. Now give only {what}.",
}


class WorldPlan:
    """The rest of a proposal has its parts, whatever is asked of the model that is to write it."""

    def __init__(self, request: WriterRequest, lean: bool) -> None:
        lacking = request.record.lacking(request.work.rest_of)
        self._parts = FIELDS[lean and not (lacking and "/history" in lacking.missing)]

    def most(self, kept: Kept) -> int:
        return sum(key not in kept for key in self._parts)

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None:
        if "frame" in given_up:
            return None
        key = next((key for key in self._parts if key not in kept and key not in given_up), None)
        return None if key is None else self._step(key, kept)

    def came(self, kept: Kept) -> list[Came]:
        if "frame" not in kept:
            return []
        missing = tuple(f"/{fields[0]}" for key, fields in self._parts.items() if key not in kept)
        return [Came({name: value for part in kept.values() for name, value in part.items()}, missing)]

    def begun(self, content: Content, missing: tuple[str, ...]) -> dict[str, Content]:
        gone = {pointer_parts(path)[0] for path in missing}
        found: dict[str, Content] = {
            key: {name: content[name] for name in fields if name in content}
            for key, fields in self._parts.items()
            if fields[0] not in gone
        }
        told = {name for fields in self._parts.values() for name in fields}
        found["frame"] |= {name: value for name, value in content.items() if name not in told}  # beyond the lean core
        return found

    def shown(self, kept: Kept, key: str, draft: Content) -> tuple[Content, ...]:  # noqa: ARG002
        return ({name: value for part in (*kept.values(), draft) for name, value in part.items()},)

    def _step(self, key: str, kept: Kept) -> Step:
        fields = self._parts[key]
        told: list[tuple[str, Any]] = []
        if key != "frame":
            told.append(("frame", without_empty(kept["frame"])))
        if key in ("factions", "history"):
            told.append(("places", [one["name"] for one in items_of(kept.get("places"), "locations")]))

        def picked(content: Content) -> Content | None:
            return dict(content) if content.get(fields[0]) or key == "history" else None

        return Step(
            key=key,
            name=_NAMES[key],
            kind=part_kind(Worldview, fields),
            number=list(self._parts).index(key) + 1,
            of=len(self._parts),
            task=_TASKS[key].format(what=", ".join(name.replace("_", " ") for name in fields)),
            told=tuple(told),
            picked=picked,
            needed=key == "frame",
        )
