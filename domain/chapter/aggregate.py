"""The descriptor of the chapter: what the write path has to know of it."""

from typing import Any, get_args
from uuid import UUID

from pydantic import JsonValue

from domain.aggregate import Aggregate, Command, Need
from domain.chapter.chapter import evolve
from domain.chapter.commands import (
    ChapterBody,
    ChapterInternalBody,
    DraftChapter,
    FailDraft,
    OpenChapter,
    RecordScene,
    RewriteSelection,
)
from domain.chapter.decide import PROJECT, decide
from domain.chapter.draft_events import ChapterDraftRequested, DraftAccepted
from domain.chapter.events import ChapterEdited, Event
from domain.work import begun, ended

LATE = "The chapter took too long, so its writing was ended. The scenes that came are kept: go on from them."


def _needs(command: Command) -> tuple[Need, ...]:
    body = command.body
    if isinstance(body, OpenChapter | DraftChapter | RewriteSelection | RecordScene):
        return (Need(PROJECT, "project", body.project_id),)
    return ()


def _late(_: str, correlation_id: UUID) -> FailDraft:
    return FailDraft(correlation_id=correlation_id, code="DEADLINE_PASSED", message=LATE)


def _result(_: Command, facts: tuple[Any, ...]) -> dict[str, JsonValue]:
    """What changes the text answers with the words of the whole chapter, a request with its draft."""
    for fact in facts:
        match fact:
            case ChapterEdited() | DraftAccepted():
                return {"words": fact.words}
            case ChapterDraftRequested():
                return {"draft_id": str(fact.draft_id)}
            case _:
                continue
    return {}


CHAPTER = Aggregate(
    aggregate_type="chapter",
    source="/genesis/chapters",
    name="chapter",
    events=get_args(Event),
    commands=get_args(ChapterBody),
    internal=get_args(ChapterInternalBody),
    decide=decide,
    evolve=evolve,
    owner=lambda chapter: chapter.user_id,
    needs=_needs,
    begun=begun,
    ended=ended,
    late=_late,
    result=_result,
    upcasters={
        ("SceneDrafted", 1): lambda payload: {**payload, "critique": None},
        ("SceneDrafted", 2): lambda payload: {**payload, "sources": None},
        ("ChapterEdited", 1): lambda payload: {**payload, "style_only": False},
        ("ChapterDraftRequested", 1): lambda payload: {**payload, "anew": False, "critique": False},
    },
)
