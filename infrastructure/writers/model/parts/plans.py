"""Which parts a large content has, in what order, what is open, and what they make together. Pure: no request is made.

What is kept goes by keys without a text in them: `cast` and `person:3`, `beats` and `chapters:7` (from chapter 7 on).
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.content import Character, Characters
from domain.genesis.proposals import Content, pointer_parts
from infrastructure.writers.model.part_kinds import Beats, Chapters
from infrastructure.writers.model.parts.step import Step

Item = dict[str, Any]
Kept = Mapping[str, Content]

PEOPLE = {True: (3, 5), False: (1, 10)}
"""How many a cast has: of the lean profile, and of the full one."""

CHAPTERS, BATCH = {True: 9, False: 20}, {True: 3, False: 5}
_LINE = ("name", "role", "one_line_storyline")


class Plan(Protocol):
    """The parts of one content. `kept` is what came; `given_up` are keys that are not asked for again this time."""

    def most(self, kept: Kept) -> int:
        """How many requests are open when all goes well; the most that can be, as long as that is not known."""
        ...

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None: ...

    def content(self, kept: Kept) -> Content | None:
        """What came, as a content; None as long as it is none."""
        ...

    def shown(self, kept: Kept, key: str, draft: Content) -> Content:
        """What came, with what is there already of the part `key`."""
        ...

    def missing(self, kept: Kept) -> tuple[str, ...]:
        """JSON pointers to what did not come."""
        ...


def plan_for(request: WriterRequest, *, lean: bool) -> Plan | None:
    """None for what is asked for at once: refinements, several proposals, and stages that are short."""
    work = request.work
    if work.kind == "refinement" or work.count > 1:
        return None
    if work.stage is GenesisStage.CHARACTERS:
        return CastPlan(lean)
    return PlotPlan(request, lean) if work.stage is GenesisStage.PLOT_OUTLINE else None


def most_parts(request: WriterRequest, *, lean: bool) -> int:
    """How many requests `request` takes at most when all goes well; 1: it is not asked for in parts."""
    plan = plan_for(request, lean=lean)
    return 1 if plan is None else plan.most(already(request))


def already(request: WriterRequest) -> dict[str, Content]:
    """The parts that need not be asked for: those that were kept, and those of the proposal whose rest is wanted."""
    if request.kept or request.work.rest_of is None:
        return dict(request.kept)
    proposal, last = request.record.proposal(request.work.rest_of), request.record.last_round
    if proposal is None or last is None:
        return {}
    gone = {int(pointer_parts(path)[1]) for path in last.missing}
    if request.work.stage is GenesisStage.CHARACTERS:
        people = _items(proposal.content, "characters")
        kept: dict[str, Content] = {"cast": _cast(people)}
        return kept | {f"person:{at}": one for at, one in enumerate(people) if at not in gone}
    plot = {key: value for key, value in proposal.content.items() if key in Beats.model_fields}
    return {"beats": plot, "chapters:1": {"chapters": proposal.content["chapters"]}}


class CastPlan:
    """The cast list, then each person by themselves."""

    def __init__(self, lean: bool) -> None:
        self._people = PEOPLE[lean]

    def most(self, kept: Kept) -> int:
        people = len(_items(kept.get("cast"), "characters")) or self._people[1]
        return people + 1 - len(kept)

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None:
        least, most = self._people
        if "cast" not in kept:
            return None if "cast" in given_up else _cast_step(least, most)
        cast = _items(kept["cast"], "characters")
        open_ones = (at for at in range(len(cast)) if not {f"person:{at}"} & {*kept, *given_up})
        at = next(open_ones, None)
        return None if at is None else _person_step(at, cast)

    def content(self, kept: Kept) -> Content | None:
        if not any(key.startswith("person:") for key in kept):
            return None
        return _people(self._people_of(kept))

    def shown(self, kept: Kept, key: str, draft: Content) -> Content:
        begun = _items(draft, "characters")
        if "cast" not in kept:
            return _people(begun)
        people = self._people_of(kept)
        at = int(key.partition(":")[2])
        if begun:
            people[at] = people[at] | begun[0] | {"id": people[at]["id"]}
        return _people(people)

    def missing(self, kept: Kept) -> tuple[str, ...]:
        cast = _items(kept.get("cast"), "characters")
        return tuple(f"/characters/{at}" for at in range(len(cast)) if f"person:{at}" not in kept)

    def _people_of(self, kept: Kept) -> list[Item]:
        """Everybody as far as they came: of those who did not, the line of the cast list."""
        cast = _items(kept["cast"], "characters")
        return [dict(kept.get(f"person:{at}", one)) for at, one in enumerate(cast)]


class PlotPlan:
    """The beats with acts, subplots and threads, then the chapters in batches, each told of those before it."""

    def __init__(self, request: WriterRequest, lean: bool) -> None:
        self._batch = BATCH[lean]
        last = request.record.last_round
        rest = last is not None and request.work.rest_of is not None and last.proposal_id == request.work.rest_of
        gone = [int(pointer_parts(path)[1]) for path in last.missing] if last is not None and rest else []
        self._count = max(gone) + 1 if gone else CHAPTERS[lean]

    def most(self, kept: Kept) -> int:
        open_chapters = max(0, self._count - len(self._chapters(kept)))
        return ("beats" not in kept) - (-open_chapters // self._batch)

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None:
        if "beats" not in kept:
            return None if "beats" in given_up else _beats_step(1 + -(-self._count // self._batch))
        before = self._chapters(kept)
        first = len(before) + 1
        if first > self._count or f"chapters:{first}" in given_up:
            return None
        many = min(self._batch, self._count - first + 1)
        place = len(kept) + 1, len(kept) + self.most(kept)
        return _chapters_step(first, many, kept, before, count=self._count, place=place)

    def content(self, kept: Kept) -> Content | None:
        chapters: Any = self._chapters(kept)
        return {**kept["beats"], "chapters": chapters} if "beats" in kept and chapters else None

    def shown(self, kept: Kept, key: str, draft: Content) -> Content:
        if "beats" not in kept:
            return draft
        first = int(key.partition(":")[2])
        begun = [one | {"n": first + at} for at, one in enumerate(_items(draft, "chapters"))]
        chapters: Any = [*self._chapters(kept), *begun]
        return {**kept["beats"], "chapters": chapters}

    def missing(self, kept: Kept) -> tuple[str, ...]:
        return tuple(f"/chapters/{at}" for at in range(len(self._chapters(kept)), self._count))

    def _chapters(self, kept: Kept) -> list[Item]:
        found: list[Item] = []
        while (more := _items(kept.get(f"chapters:{len(found) + 1}"), "chapters")) != []:
            found += more
        return found


def _cast_step(least: int, most: int) -> Step:
    return Step(
        key="cast",
        name="CastList",
        kind=Characters,
        number=1,
        of=most + 1,
        task=(
            f"First give only the list of the cast: {least} to {most} people, of each the name, the role, and the "
            "story as they would tell it in one line. Each of them is asked for in full afterwards."
        ),
        items=("characters", least, most),
        only={Character: _LINE},
        picked=lambda content: _cast(_items(content, "characters")[:most]),
        needed=True,
    )


def _person_step(at: int, cast: list[Item]) -> Step:
    one = cast[at]
    known = {_plain(str(person["name"])): str(person["id"]) for person in cast}

    def picked(content: Content) -> Content | None:
        found = next((person for person in _items(content, "characters") if _same(person, one)), None)
        if found is None:
            return None
        person: Item = found | {"id": one["id"], "name": one["name"]}
        for relation in person.get("relations") or ():
            relation["target_id"] = known.get(_plain(str(relation["target_id"])), relation["target_id"])
        return person

    return Step(
        key=f"person:{at}",
        name="Person",
        kind=Characters,
        number=at + 2,
        of=len(cast) + 1,
        task=(
            f"The cast is settled: <cast>. Now give one of them in full, and nobody else: number {at + 1}, with the "
            "name and the role that stand there. Relations point at the ids of <cast>."
        ),
        items=("characters", 1, 1),
        told=(("cast", [_line(person) for person in cast]),),
        person=str(one["name"]),
        picked=picked,
    )


def _beats_step(of: int) -> Step:
    return Step(
        key="beats",
        name="Beats",
        kind=Beats,
        number=1,
        of=of,
        task="First give only what carries the plot: its beats, and what else the form has. Chapters come afterwards.",
        items=("beats", 3, 30),
        picked=lambda content: content,
        needed=True,
    )


def _chapters_step(
    first: int, many: int, kept: Kept, before: list[Item], *, count: int, place: tuple[int, int]
) -> Step:
    last = first + many - 1

    def picked(content: Content) -> Content | None:
        given = _items(content, "chapters")
        meant = [one for one in given if first <= one.get("n", 0) <= last] if len(given) > many else given
        chapters: Any = [one | {"n": first + at} for at, one in enumerate((meant or given)[:many])]
        return {"chapters": chapters}

    which = f"chapter {first}" if many == 1 else f"chapters {first} to {last}"
    beats = [[one["label"], one["summary"]] for one in _items(kept["beats"], "beats")]
    chapters = [f"{one['n']}. {one['title']}: {one['summary']}" for one in before]
    follow = "; they follow from <chapters_so_far>" if before else ""
    return Step(
        key=f"chapters:{first}",
        name="Chapters",
        kind=Chapters,
        number=place[0],
        of=place[1],
        task=(
            f"The beats are settled: <beats>. The book has {count} chapters. Now give {which}, and no others{follow}."
        ),
        items=("chapters", many, many),
        told=(("beats", beats), ("chapters_so_far", chapters)),
        picked=picked,
        needed=True,
    )


def _items(content: Mapping[str, Any] | None, key: str) -> list[Item]:
    found = (content or {}).get(key)
    return [dict(item) for item in found if isinstance(item, dict)] if isinstance(found, list | tuple) else []


def _people(people: Any) -> Content:
    return {"characters": people}


def _cast(people: list[Item]) -> Content:
    return _people([_line(one) for one in people])


def _line(person: Mapping[str, Any]) -> dict[str, Any]:
    return {key: person[key] for key in ("id", *_LINE) if key in person}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _same(person: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether `person` is who was asked for: by the id, or by a name that is the same or a part of it."""
    if person.get("id") == wanted["id"]:
        return True
    name, other = _plain(str(person.get("name"))), _plain(str(wanted["name"]))
    return bool(name) and (name in other or other in name)
