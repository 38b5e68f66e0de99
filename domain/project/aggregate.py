"""The descriptor of the project: what the write path has to know of it."""

from typing import Any, get_args

from pydantic import JsonValue

from domain.aggregate import Aggregate, Command, Need
from domain.project.commands import CreateProject, ProjectBody
from domain.project.decide import SOURCE, decide
from domain.project.events import EntryAdded, Event, ProjectCreated
from domain.project.project import evolve


def _needs(command: Command) -> tuple[Need, ...]:
    body = command.body
    if isinstance(body, CreateProject) and body.from_session_id is not None:
        return (Need(SOURCE, "genesis_session", body.from_session_id),)
    return ()


def _result(command: Command, facts: tuple[Any, ...]) -> dict[str, JsonValue]:
    """A new project answers with its id, a new entry with its own."""
    for fact in facts:
        match fact:
            case ProjectCreated():
                return {"project_id": str(command.stream_id)}
            case EntryAdded():
                return {"entry_id": str(fact.entry_id)}
            case _:
                continue
    return {}


PROJECT = Aggregate(
    aggregate_type="project",
    source="/genesis/projects",
    name="project",
    events=get_args(Event),
    commands=get_args(ProjectBody),
    decide=decide,
    evolve=evolve,
    owner=lambda project: project.user_id,
    creates=frozenset({CreateProject}),
    needs=_needs,
    result=_result,
)
