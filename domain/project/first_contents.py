"""Makes a project's first contents from the plot that a finished session has confirmed: pure, and it never refuses."""

from collections.abc import Iterator, Mapping
from uuid import UUID, uuid5

from genesis_types.enums import GenesisStage
from genesis_types.text import clean
from pydantic import JsonValue

from domain.genesis.session import Session
from domain.project.events import FirstEntry
from domain.project.plan import NO_PLAN, ChapterPlan, EntryKind

_PLAIN = ("purpose", "summary", "goal", "conflict", "turning_point", "outcome", "hook")
_LONGEST_LINE = 400
_ROOM_FOR_SECTIONS = 4_000
"""Entries after which sections are left out: a plot has at most 500 chapters, each perhaps with a part of its own."""


def confirmed(session: Session, stage: GenesisStage) -> Mapping[str, JsonValue]:
    """What is confirmed of a stage; nothing when nothing is."""
    record = session.stages.get(stage)
    return (record.confirmed if record else None) or {}


class _Contents:
    """The entries so far; their ids are derived from the command's."""

    def __init__(self, command_id: UUID) -> None:
        self._command_id = command_id
        self.entries: list[FirstEntry] = []

    def add(self, above: FirstEntry | None, kind: EntryKind, title: str, plan: ChapterPlan = NO_PLAN) -> FirstEntry:
        made = FirstEntry(
            entry_id=uuid5(self._command_id, f"entry:{len(self.entries)}"),
            parent_id=above.entry_id if above else None,
            kind=kind,
            title=title,
            plan=plan,
        )
        self.entries.append(made)
        return made


def first_contents(session: Session, command_id: UUID) -> tuple[FirstEntry, ...]:
    """The planned chapters in order, those that name one part one after the other under that part, with sections."""
    chapters = confirmed(session, GenesisStage.PLOT_OUTLINE).get("chapters")
    contents = _Contents(command_id)
    part: FirstEntry | None = None
    names = _names(session)
    for number, chapter in enumerate(chapters if isinstance(chapters, list) else (), start=1):
        if not isinstance(chapter, dict):
            continue
        title = _line(chapter.get("part"))
        if not title:
            part = None
        elif part is None or part.title != title:
            part = contents.add(None, "part", title)
        made = contents.add(part, "chapter", _line(chapter.get("title")) or str(number), _plan(chapter, names))
        for section in _lines(chapter.get("sections")) if len(contents.entries) < _ROOM_FOR_SECTIONS else ():
            contents.add(made, "section", section)
    return tuple(contents.entries)


def _plan(chapter: Mapping[str, JsonValue], names: Mapping[str, str]) -> ChapterPlan:
    words = chapter.get("target_words")
    places = ", ".join(_named(chapter.get("location_ids"), names))
    return ChapterPlan(
        **{name: str(chapter.get(name) or "") for name in _PLAIN},
        point_of_view=next(_named([chapter.get("pov_character_id")], names), ""),
        place=places[:_LONGEST_LINE],
        who=tuple(_named(chapter.get("character_ids"), names))[:60],
        target_words=words if isinstance(words, int) else 0,
    )


def _names(session: Session) -> dict[str, str]:
    """What people and places are called, by their ids in the plot."""
    people = confirmed(session, GenesisStage.CHARACTERS).get("characters")
    places = confirmed(session, GenesisStage.WORLDVIEW).get("locations")
    items = [*(people if isinstance(people, list) else ()), *(places if isinstance(places, list) else ())]
    return {str(item["id"]): _line(item.get("name")) for item in items if isinstance(item, dict) and "id" in item}


def _named(ids: JsonValue, names: Mapping[str, str]) -> Iterator[str]:
    """Names; an id that nothing has is left out."""
    for one in ids if isinstance(ids, list) else ():
        if name := names.get(str(one)):
            yield name


def _lines(value: JsonValue) -> Iterator[str]:
    for one in value if isinstance(value, list) else ():
        if line := _line(one):
            yield line


def _line(value: JsonValue) -> str:
    return " ".join(str(clean(value)).split()) if isinstance(value, str) else ""
