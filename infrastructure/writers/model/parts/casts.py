"""Plans a cast: the list of who is in it, then each person by themselves."""

from collections.abc import Collection

from domain.genesis.content import Character, Characters
from domain.genesis.proposals import Content, pointer_parts
from infrastructure.writers.model.parts.items import (
    Item,
    Kept,
    cast_list,
    items_of,
    line_of,
    people_content,
    plain,
    same_person,
)
from infrastructure.writers.model.parts.step import Came, Step

PEOPLE = {True: (3, 5), False: (1, 10)}
"""How many a cast has: of the lean profile, and of the full one."""

_LINE = ("name", "role", "one_line_storyline")


class CastPlan:
    """The cast list, then each person by themselves."""

    def __init__(self, lean: bool) -> None:
        self._people = PEOPLE[lean]

    def most(self, kept: Kept) -> int:
        people = len(items_of(kept.get("cast"), "characters")) or self._people[1]
        return people + 1 - len(kept)

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None:
        least, most = self._people
        if "cast" not in kept:
            return None if "cast" in given_up else _cast_step(least, most)
        cast = items_of(kept["cast"], "characters")
        open_ones = (at for at in range(len(cast)) if not {f"person:{at}"} & {*kept, *given_up})
        at = next(open_ones, None)
        return None if at is None else _person_step(at, cast)

    def came(self, kept: Kept) -> list[Came]:
        if not any(key.startswith("person:") for key in kept):
            return []
        return [Came(people_content(self._people_of(kept)), self._missing(kept))]

    def begun(self, content: Content, missing: tuple[str, ...]) -> dict[str, Content]:
        gone = {int(pointer_parts(path)[1]) for path in missing}
        people = items_of(content, "characters")
        kept: dict[str, Content] = {"cast": cast_list(people)}
        return kept | {f"person:{at}": one for at, one in enumerate(people) if at not in gone}

    def shown(self, kept: Kept, key: str, draft: Content) -> tuple[Content, ...]:
        return (self._shown(kept, key, draft),)

    def _shown(self, kept: Kept, key: str, draft: Content) -> Content:
        begun = items_of(draft, "characters")
        if "cast" not in kept:
            return people_content(begun)
        people = self._people_of(kept)
        at = int(key.partition(":")[2])
        if begun:
            people[at] = people[at] | begun[0] | {"id": people[at]["id"]}
        return people_content(people)

    def _missing(self, kept: Kept) -> tuple[str, ...]:
        cast = items_of(kept.get("cast"), "characters")
        return tuple(f"/characters/{at}" for at in range(len(cast)) if f"person:{at}" not in kept)

    def _people_of(self, kept: Kept) -> list[Item]:
        """Everybody as far as they came: of those who did not, the line of the cast list."""
        cast = items_of(kept["cast"], "characters")
        return [dict(kept.get(f"person:{at}", one)) for at, one in enumerate(cast)]


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
        picked=lambda content: cast_list(items_of(content, "characters")[:most]),
        needed=True,
        settles=True,
    )


def _person_step(at: int, cast: list[Item]) -> Step:
    one = cast[at]
    known = {plain(str(person["name"])): str(person["id"]) for person in cast}

    def picked(content: Content) -> Content | None:
        found = next((person for person in items_of(content, "characters") if same_person(person, one)), None)
        if found is None:
            return None
        person: Item = found | {"id": one["id"], "name": one["name"]}
        for relation in person.get("relations") or ():
            relation["target_id"] = known.get(plain(str(relation["target_id"])), relation["target_id"])
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
        told=(("cast", [line_of(person) for person in cast]),),
        person=str(one["name"]),
        picked=picked,
    )
