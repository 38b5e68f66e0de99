"""The descriptor of the project: what the write path has to know of it."""

from typing import Any, get_args
from uuid import UUID

from genesis_types.enums import ProjectCommandType
from pydantic import JsonValue

from domain.aggregate import Aggregate, Command, Need, as_it_is
from domain.project.commands import CreateProject, ProjectBody, ProjectInternalBody
from domain.project.contents_commands import FailContents
from domain.project.contents_events import ContentsRequested
from domain.project.decide import SOURCE, decide
from domain.project.decide_initiation import TOO_LATE
from domain.project.events import EntryAdded, Event, ProjectCreated
from domain.project.import_command import ImportProject
from domain.project.initiation_commands import FailInitiation, InitiateProject
from domain.project.initiation_events import ProjectInitiated
from domain.project.project import evolve
from domain.work import FailWork, begun, ended

_LATE: dict[str, tuple[type[FailWork], str]] = {
    ProjectCommandType.WRITE_CONTENTS: (
        FailContents,
        "The contents took too long, so their writing was ended. The chapters that came are kept: go on from them.",
    ),
    ProjectCommandType.INITIATE_PROJECT: (FailInitiation, TOO_LATE),
    ProjectCommandType.RESUME_INITIATION: (FailInitiation, TOO_LATE),
}


def _needs(command: Command) -> tuple[Need, ...]:
    body = command.body
    if isinstance(body, CreateProject) and body.from_session_id is not None:
        return (Need(SOURCE, "genesis_session", body.from_session_id),)
    return ()


def _late(command_type: str, correlation_id: UUID) -> FailWork:
    body, said = _LATE[command_type]
    return body(correlation_id=correlation_id, code="DEADLINE_PASSED", message=said)


def _result(command: Command, facts: tuple[Any, ...]) -> dict[str, JsonValue]:
    """A new project answers with its id, a new entry with its own, a request for contents with theirs."""
    for fact in facts:
        match fact:
            case ProjectCreated() | ProjectInitiated():
                return {"project_id": str(command.stream_id)}
            case EntryAdded():
                return {"entry_id": str(fact.entry_id)}
            case ContentsRequested():
                return {"contents_id": str(fact.contents_id)}
            case _:
                continue
    return {}


PROJECT = Aggregate(
    aggregate_type="project",
    source="/genesis/projects",
    name="project",
    events=get_args(Event),
    commands=get_args(ProjectBody),
    internal=get_args(ProjectInternalBody),
    # plans learned of threads and tension, which are empty where nothing says otherwise
    upcasters={("ProjectCreated", 1): as_it_is, ("ChapterPlanned", 1): as_it_is},
    decide=decide,
    evolve=evolve,
    owner=lambda project: project.user_id,
    creates=frozenset({CreateProject, ImportProject, InitiateProject}),
    needs=_needs,
    begun=begun,
    ended=ended,
    late=_late,
    result=_result,
)
