"""Plans a refinement: what its note concerns, then that alone. Everything else stays as it was, byte for byte.

A note on a place in the content concerns what stands there, and that is known without asking. Of any other note the
model first chooses what has to change, from a list of all that can; where it cannot say, everything is gone through.
"""

import copy
from collections.abc import Collection
from typing import Any

from application.writers import WriterRequest
from domain.genesis.proposals import Content, Feedback, pointer_parts
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.model.asked_fields import asked_fields, inner_model, shown
from infrastructure.writers.model.digests import tabled, without_empty
from infrastructure.writers.model.part_kinds import Concerns, part_kind
from infrastructure.writers.model.parts.choices import Group, aim, choices, chosen, grouped, still_missing
from infrastructure.writers.model.parts.items import Item, Kept, items_of, plain
from infrastructure.writers.model.parts.step import Came, Step
from infrastructure.writers.model.schemas import Json, listed, one_of

_NAMES = {"characters": "Person", "chapters": "Chapters", "beats": "Beats"}
_KNOWN_BY = ("id", "key", "n")
_GIST = {
    "characters": ("id", "name", "role", "one_line_storyline"),
    "rules": ("id", "name", "statement"),
    "locations": ("id", "name", "description"),
    "factions": ("id", "name", "goal"),
    "beats": ("key", "summary"),
    "chapters": ("n", "title", "summary"),
}


class RefinementPlan:
    """`lean`: of what a model is asked that writes the core alone."""

    def __init__(self, request: WriterRequest, lean: bool) -> None:
        assert request.target is not None
        self._kind = STAGE_BY_KEY[request.work.stage].content
        self._target: dict[str, Any] = dict(request.target.content)
        self._lean = lean
        rest = request.work.rest_of is not None
        aimed = None if rest else aimed_at(request)
        self._aimed = (aimed,) if aimed is not None else None
        lacking = request.record.lacking(request.target.id)
        self._lacks = lacking.missing if lacking is not None else ()
        self._fields = asked_fields(request, lean=lean)
        self._brief = brief(self._target)
        self._choices = choices(request.work.stage, self._target, lean=lean and not rest)

    def most(self, kept: Kept) -> int:
        groups = self._groups(kept)
        asked_first = self._aimed is None and "concerns" not in kept
        found = grouped(self._choices.values(), lean=self._lean) if asked_first else groups
        return asked_first + sum(group.key not in kept for group in found)

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None:
        of = len(kept) + self.most(kept)
        if self._aimed is None and not {"concerns"} & {*kept, *given_up}:
            return self._concerns_step(of)
        open_ones = (group for group in self._groups(kept) if group.key not in kept and group.key not in given_up)
        group = next(open_ones, None)
        return None if group is None else self._step(group, kept, len(kept) + 1, of)

    def came(self, kept: Kept) -> list[Came]:
        groups = self._groups(kept)
        there = [group for group in groups if group.key in kept]
        if not there:
            return []
        said: list[Any] = [line for group in there for line in _lines(kept[group.key].get("adjustments"))]
        left = [group for group in groups if group.key not in kept]
        content = self._with(kept, there)
        return [
            Came(
                content,
                missing=tuple(still_missing(self._lacks, content, there)),
                adjustments=tuple(dict.fromkeys(said)),
                unchanged=tuple(path for group in left for path in group.pointers),
                names=tuple(self._name(group) for group in left),
            )
        ]

    def begun(self, content: Content, missing: tuple[str, ...]) -> dict[str, Content]:
        """Chosen is what was not changed; that a new item is still to come stands at the end of its list."""
        paths: Any = [
            f"/{top}/{len(items_of(content, top))}" if path.endswith("/-") else path
            for path in missing
            for top in pointer_parts(path)[:1]
        ]
        return {"concerns": {"change": paths}}

    def shown(self, kept: Kept, key: str, draft: Content) -> tuple[Content, ...]:
        there = [group for group in self._groups(kept) if group.key in kept]
        here = next((group for group in self._groups(kept) if group.key == key), None)
        if here is None or here.is_new or not draft.get(here.top):
            return (self._with(kept, there),)
        begun = self._merged(here, dict(draft))
        return (self._with({**kept, key: begun}, [*there, here]),)

    def _groups(self, kept: Kept) -> tuple[Group, ...]:
        if self._aimed is not None:
            return self._aimed
        told = kept.get("concerns")
        paths = _lines(told.get("change")) if told is not None else None
        wanted = [one for one in self._choices.values() if (one.path in paths if paths is not None else not one.is_new)]
        return grouped(wanted, lean=self._lean)

    def _with(self, kept: Kept, groups: list[Group]) -> Content:
        content = copy.deepcopy(self._target)
        for group in groups:
            given: Any = kept[group.key]
            if not group.at:
                content[group.top] = given[group.top]
                continue
            items = [*content.get(group.top, ())]
            for at, item in zip(group.at, given[group.top], strict=False):
                items[at : at + 1] = [item]  # one that is new comes at the end
            content[group.top] = items
        return content

    def _concerns_step(self, of: int) -> Step:
        labels = list(self._choices)

        def bound(schema: Json) -> None:
            schema["properties"]["change"] = listed(one_of(labels), 1, len(labels))

        def picked(content: Content) -> Content | None:
            paths: Any = [one.path for one in chosen(self._choices, _lines(content.get("change")))]
            return {"change": paths} if paths else None

        return Step(
            key="concerns",
            name="Concerns",
            kind=Concerns,
            number=1,
            of=of,
            task=(
                "<feedback_now> asks for a change of <proposal_to_refine>. First say only what has to change for it: "
                "choose from <can_change>, as few as will do. What is not chosen stays word for word as it is."
            ),
            told=(("can_change", labels),),
            target=self._brief,
            picked=picked,
            bound=bound,
            adjusts=False,
            settles=True,
        )

    def _step(self, group: Group, kept: Kept, number: int, of: int) -> Step:
        def bound(schema: Json) -> None:
            _narrowed(schema["properties"], group, self._olds(group))

        def picked(content: Content) -> Content | None:
            return dict(content) if content.get(group.top) or not group.at else None

        names = self._name(group)
        which = (
            f"Now give only what is new, in full, and nothing that is there already: {names}."
            if group.is_new
            else f"Now give only this of it, <to_change>, as it is after the change, and nothing else: {names}."
        )
        changed = [brief(kept[one.key]) for one in self._groups(kept) if one.key in kept]
        return Step(
            key=group.key,
            name=_NAMES.get(group.top, "Places"),
            kind=part_kind(self._kind, (group.top,)),
            number=number,
            of=of,
            task=which + (" What stands in <changed> has been changed already." if changed else ""),
            told=(("to_change", None if group.is_new else self._whole(group)), ("changed", changed)),
            target=self._brief,
            picked=picked,
            bound=bound,
            fitted=lambda given: self._merged(group, given),
        )

    def _whole(self, group: Group) -> Any:
        """What a part changes as it stands now, but for what it does not ask for: that stays as it is."""
        found: Any = self._olds(group) if group.at else self._target.get(group.top)
        kind = inner_model(self._kind.model_fields[group.top].annotation)
        if group.at and kind is not None:
            names = {*self._fields.names(kind), *_KNOWN_BY}
            found = [{key: value for key, value in one.items() if key in names} for one in found]
        return {group.top: without_empty(shown(kind, found, self._fields))}

    def _olds(self, group: Group) -> list[Item]:
        items = items_of(self._target, group.top)
        return [items[at] for at in group.at if at < len(items)]

    def _merged(self, group: Group, given: dict[str, Any]) -> dict[str, Any]:
        """An answer with what it does not tell as it was, each item in the place of the one that it refines."""
        value, old = given.get(group.top), self._target.get(group.top)
        if not group.at:
            return (
                given | {group.top: _over(old, value)} if isinstance(old, dict) and isinstance(value, dict) else given
            )
        items = items_of(given, group.top)
        if group.is_new:
            return given | {group.top: self._new(group, items)}
        olds = self._olds(group)
        found = _paired(olds, items, group.top)
        for item in found.values():
            self._point_relations(item)
        merged = [_over(one, found[at]) if at in found else one for at, one in enumerate(olds)]
        return given | {group.top: merged if found else []}

    def _new(self, group: Group, items: list[Item]) -> list[Item]:
        known = {plain(_title(one)) for one in items_of(self._target, group.top)}
        item = next((one for one in items if plain(_title(one)) not in known), None)
        if item is None:
            return []
        if group.top == "chapters":
            item["n"] = group.at[0] + 1
        self._point_relations(item)
        return [item]

    def _point_relations(self, item: Item) -> None:
        people = {plain(str(one["name"])): one["id"] for one in items_of(self._target, "characters")}
        for relation in items_of(item, "relations"):
            relation["target_id"] = people.get(plain(str(relation.get("target_id"))), relation.get("target_id"))

    def _name(self, group: Group) -> str:
        if group.is_new:
            return group.names
        olds = self._olds(group)
        return ", ".join(f"“{_title(one)}”" for one in olds) if olds else group.top.replace("_", " ")


def aimed_at(request: WriterRequest) -> Group | None:
    """What a note on a place concerns; None: no place is said, or it is no part of the content."""
    said = _note(request)
    if said is None or not said.path or request.target is None:
        return None
    return aim(request.target.content, said.path)


def brief(content: Content) -> Any:
    """What a content is about, without its details: they are told of what a part changes."""
    found = {
        top: [{key: one[key] for key in _GIST[top] if one.get(key)} for one in items_of(content, top)]
        for top in content
        if top in _GIST
    }
    return tabled(without_empty({"setting": content.get("setting"), "structure": content.get("structure"), **found}))


def _note(request: WriterRequest) -> Feedback | None:
    return next((one for _, one in request.feedback if one.id == request.work.feedback_id), None)


def _narrowed(properties: Json, group: Group, olds: list[Item]) -> None:
    """Of a list: as many items as are asked for, known by their ids. Beats of a preset are the keys of an object."""
    schema = properties[group.top]
    if not group.at:
        return
    if schema.get("type") == "object":
        keys = {str(one.get("key")) for one in olds}
        schema["properties"] = {key: one for key, one in schema["properties"].items() if key in keys}
        schema["required"] = list(schema["properties"])
        return
    schema["minItems"] = schema["maxItems"] = len(group.at)
    known = schema["items"].get("properties", {})
    if "id" in known and olds:
        known["id"] = one_of([str(one["id"]) for one in olds])


def _paired(olds: list[Item], items: list[Item], top: str) -> dict[int, Item]:
    """Which item refines which of `olds`: by what it is known by, by its name, or by its place among as many."""
    if len(items) == len(olds) and (top == "chapters" or (len(olds) == 1 and not _known(olds[0]))):
        return dict(enumerate(items))
    found: dict[int, Item] = {}
    for at, old in enumerate(olds):
        same = next((one for one in items if _known(one) is not None and _known(one) == _known(old)), None)
        same = same or next((one for one in items if _title(one) and plain(_title(one)) == plain(_title(old))), None)
        if same is not None:
            found[at] = same
    return found or (dict(enumerate(items)) if len(items) == len(olds) else {})


def _known(item: Item) -> Any:
    return next((item[key] for key in _KNOWN_BY if item.get(key) is not None), None)


def _title(item: Item) -> str:
    found = (item.get(key) for key in ("name", "title", "label", "term", "event", "setup", "surface"))
    return str(next((one for one in found if one), ""))


def _over(old: Item, new: Item) -> Item:
    told = {key: value for key, value in new.items() if key not in _KNOWN_BY}
    return old | {
        key: old[key] | value if isinstance(value, dict) and isinstance(old.get(key), dict) else value
        for key, value in told.items()
    }


def _lines(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
