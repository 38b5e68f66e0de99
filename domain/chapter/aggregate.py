"""The descriptor of the chapter: what the write path has to know of it."""

from typing import Any, get_args

from pydantic import JsonValue

from domain.aggregate import Aggregate, Command, Need
from domain.chapter.chapter import evolve
from domain.chapter.commands import ChapterBody, OpenChapter
from domain.chapter.decide import PROJECT, decide
from domain.chapter.events import ChapterEdited, Event


def _needs(command: Command) -> tuple[Need, ...]:
    body = command.body
    return (Need(PROJECT, "project", body.project_id),) if isinstance(body, OpenChapter) else ()


def _result(_: Command, facts: tuple[Any, ...]) -> dict[str, JsonValue]:
    """An edit answers with the words of the whole chapter."""
    return next(({"words": fact.words} for fact in facts if isinstance(fact, ChapterEdited)), {})


CHAPTER = Aggregate(
    aggregate_type="chapter",
    source="/genesis/chapters",
    name="chapter",
    events=get_args(Event),
    commands=get_args(ChapterBody),
    decide=decide,
    evolve=evolve,
    owner=lambda chapter: chapter.user_id,
    needs=_needs,
    result=_result,
)
