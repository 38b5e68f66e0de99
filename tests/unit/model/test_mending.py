"""What is mended by code: ids, references, chapter numbers, and locks that find the right one."""

from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage

from domain.genesis.proposals import StageRecord
from infrastructure.writers.model.checks import mended
from tests.support.writers import genesis, request

PEOPLE, PLOT = GenesisStage.CHARACTERS, GenesisStage.PLOT_OUTLINE


def person(one: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": one, "name": name, "one_line_storyline": f"{name} learns.", "relations": [], **more}


def cast(*people: dict[str, Any]) -> dict[str, Any]:
    return {"characters": list(people)}


def shown(content: Any) -> list[tuple[str, str]]:
    return [(one["id"], one["name"]) for one in content["characters"]]


def locked(base: dict[str, Any], *paths: str) -> StageRecord:
    return StageRecord(locked_paths=paths, lock_base=base, lock_source=UUID(int=1))


def test_a_second_person_of_the_same_id_gets_a_new_one() -> None:
    content = cast(person("ines", "Ines"), person("ines", "Tomas"), person("ines", "Ada"), person("ines-2", "Bo"))
    assert shown(mended(request(PEOPLE), content)) == [
        ("ines", "Ines"),
        ("ines-3", "Tomas"),
        ("ines-4", "Ada"),
        ("ines-2", "Bo"),
    ]


def test_a_lock_on_one_of_two_equal_ids_renames_nobody_else() -> None:
    record = locked(cast(person("ines", "Ines")), "/characters/ines/name")
    content = cast(person("ines", "Tomas"), person("ines", "Ines"))
    assert shown(mended(request(PEOPLE, record=record), content)) == [("ines-2", "Tomas"), ("ines", "Ines")]


def test_a_locked_person_under_a_new_id_is_not_doubled() -> None:
    record = locked(cast(person("ines", "Ines", want="salt")), "/characters/ines/want")
    content = cast(person("ines-moreau", "Ines", want="sugar"))
    done: Any = mended(request(PEOPLE, record=record), content)
    assert shown(done) == [("ines", "Ines")]
    assert done["characters"][0]["want"] == "salt"


def test_relations_to_nobody_go_and_those_to_somebody_stay() -> None:
    relations = [{"target_id": "ghost"}, {"target_id": "ines"}]
    done: Any = mended(request(PEOPLE), cast(person("ines", "Ines"), person("tom", "Tom", relations=relations)))
    assert done["characters"][1]["relations"] == [{"target_id": "ines"}]


async def test_chapters_are_numbered_in_their_order() -> None:
    plot: Any = (await genesis("a lighthouse keeper"))[PLOT]
    chapters = plot["chapters"][:4]

    def numbers(*given: int) -> list[tuple[int, str]]:
        content = plot | {
            "chapters": [{**one, "n": n, "title": str(n)} for one, n in zip(chapters, given, strict=True)]
        }
        done: Any = mended(request(PLOT), content)
        return [(one["n"], one["title"]) for one in done["chapters"]]

    assert numbers(1, 2, 2, 5) == [(1, "1"), (2, "2"), (3, "2"), (4, "5")]
    assert numbers(2, 1, 4, 3) == [(1, "1"), (2, "2"), (3, "3"), (4, "4")]
