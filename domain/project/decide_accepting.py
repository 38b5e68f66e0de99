"""Decisions about what becomes of proposed contents, and of findings that the author means so."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.project import rejections
from domain.project.contents_commands import (
    AcceptContents,
    RefuseContents,
    UnwaiveContentsFinding,
    WaiveContentsFinding,
)
from domain.project.contents_events import (
    ChapterOutlined,
    ContentsAccepted,
    ContentsFindingUnwaived,
    ContentsFindingWaived,
    ContentsRefused,
    PlacedEntry,
)
from domain.project.decide_contents import STILL_WRITING
from domain.project.outline import Outline
from domain.project.plan import NO_PLAN
from domain.project.project import Project
from domain.project.proposed import ProposedContents
from domain.project.rules import MOST_DEPTH, room
from domain.project.titles import LONGEST_TITLE
from domain.rejections import CommandActive, Refused

MOST_WAIVERS = 2_000


def accepted(body: AcceptContents, project: Project, now: datetime) -> tuple[ContentsAccepted]:
    """An entry for each chapter, and for each part that one begins. Raises Refused."""
    proposed = _ended(body.contents_id, project)
    came = {one.number: one for one in project.outlined}
    wanted = set(came) if body.chapters is None else set(body.chapters)
    if unknown := wanted - set(came):
        raise Refused(rejections.UNKNOWN_CHAPTER, f"This proposal has no chapter {min(unknown)}.")
    fresh = [came[number] for number in sorted(wanted - set(proposed.accepted))]
    if not fresh:
        raise Refused(rejections.NOTHING_TO_ACCEPT, "All of that is in the contents already.")
    entries = tuple(_Placing(project, proposed).place(fresh))
    room(project, entries=len(entries), chapters=len(fresh))
    return (ContentsAccepted(occurred_at=now, contents_id=proposed.contents_id, entries=entries),)


def refused(body: RefuseContents, project: Project, now: datetime) -> tuple[ContentsRefused]:
    proposed = _ended(body.contents_id, project)
    return (ContentsRefused(occurred_at=now, contents_id=proposed.contents_id),)


def waived(body: WaiveContentsFinding, project: Project, now: datetime) -> tuple[ContentsFindingWaived, ...]:
    if project.contents_waived.get(body.finding_id) == body.reason:
        return ()
    if len(project.contents_waived) >= MOST_WAIVERS and body.finding_id not in project.contents_waived:
        raise Refused(rejections.TOO_MANY_WAIVERS, f"At most {MOST_WAIVERS:,} findings can be waived in a project.")
    return (ContentsFindingWaived(occurred_at=now, finding_id=body.finding_id, reason=body.reason),)


def unwaived(body: UnwaiveContentsFinding, project: Project, now: datetime) -> tuple[ContentsFindingUnwaived, ...]:
    if body.finding_id not in project.contents_waived:
        return ()
    return (ContentsFindingUnwaived(occurred_at=now, finding_id=body.finding_id),)


def _ended(contents_id: UUID, project: Project) -> ProposedContents:
    proposed = project.proposed
    if proposed is None or proposed.contents_id != contents_id:
        raise Refused(rejections.NO_PROPOSED_CONTENTS, "This proposal is not there any more.")
    if proposed.active:
        raise CommandActive(STILL_WRITING)
    return proposed


class _Spot(NamedTuple):
    parent_id: UUID | None
    position: int


class _Placing:
    """Puts chapters where their numbers say: behind the one before them, in its part or in one that begins there."""

    def __init__(self, project: Project, proposed: ProposedContents) -> None:
        self._proposed = proposed
        self._outline: Outline = project.outline
        self._titles = {entry_id: entry.title for entry_id, entry in project.entries.items()}
        self._parts = {entry_id for entry_id, entry in project.entries.items() if entry.kind == "part"}
        self._there = dict(proposed.accepted)

    def place(self, chapters: list[ChapterOutlined]) -> Iterator[PlacedEntry]:
        for chapter in chapters:
            spot = self._spot(chapter.number)
            title = chapter.part_title[:LONGEST_TITLE]
            if title and self._called(spot.parent_id) != title.casefold():
                part = self._part_at(spot, title)
                if isinstance(part, PlacedEntry):
                    yield part
                    spot = _Spot(part.entry_id, 0)
                else:
                    spot = part
            entry_id = uuid5(self._proposed.contents_id, f"chapter:{chapter.number}")
            self._there[chapter.number] = entry_id
            yield self._put(entry_id, spot, chapter)

    def _spot(self, number: int) -> _Spot:
        """Behind the chapter before it; before the one after it, where the one before is gone."""
        places = self._outline.places()
        earlier = [self._there[one] for one in sorted(self._there) if one < number and self._there[one] in places]
        before = earlier[-1] if earlier else self._proposed.after if self._proposed.after in places else None
        if before is not None:
            return _Spot(places[before].parent_id, places[before].position + 1)
        if self._proposed.after is None:
            return _Spot(None, 0)
        later = [self._there[one] for one in sorted(self._there) if one > number and self._there[one] in places]
        if later:
            return _Spot(places[later[0]].parent_id, places[later[0]].position)
        return _Spot(None, len(self._outline.top))

    def _part_at(self, spot: _Spot, title: str) -> PlacedEntry | _Spot:
        """The part of this title that follows where the chapter would stand, or a new one there."""
        at = self._behind(spot)
        following = self._outline.children(at.parent_id)[at.position : at.position + 1]
        if following and following[0] in self._parts and self._called(following[0]) == title.casefold():
            return _Spot(following[0], 0)
        entry_id = uuid5(self._proposed.contents_id, f"part:{len(self._titles)}:{title}")
        self._parts.add(entry_id)
        return self._put(entry_id, at, title)

    def _behind(self, spot: _Spot) -> _Spot:
        """Where a part may begin: not in the middle of another one, but behind it."""
        if spot.parent_id is None:
            return spot
        place = self._outline.places()[spot.parent_id]
        return _Spot(place.parent_id, place.position + 1) if place.depth < MOST_DEPTH else spot

    def _called(self, entry_id: UUID | None) -> str:
        return self._titles[entry_id].casefold() if entry_id is not None else ""

    def _put(self, entry_id: UUID, spot: _Spot, what: ChapterOutlined | str) -> PlacedEntry:
        self._outline = self._outline.placed(entry_id, spot.parent_id, spot.position)
        chapter = what if isinstance(what, ChapterOutlined) else None
        title = what.title if isinstance(what, ChapterOutlined) else what
        self._titles[entry_id] = title
        return PlacedEntry(
            entry_id=entry_id,
            parent_id=spot.parent_id,
            position=spot.position,
            kind="chapter" if chapter else "part",
            title=title,
            plan=chapter.plan if chapter else NO_PLAN,
            number=chapter.number if chapter else None,
        )
