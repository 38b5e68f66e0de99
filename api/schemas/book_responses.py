"""What commands to projects and chapters answer with."""

from typing import Annotated
from uuid import UUID

from genesis_types.enums import CommandStatus
from pydantic import BaseModel, Field


class ProjectResult(BaseModel):
    """`project_id` of a new project, `entry_id` of a new entry, `contents_id` of contents that are to be written."""

    project_id: UUID | None = None
    entry_id: UUID | None = None
    contents_id: UUID | None = None


class ProjectAnswer(BaseModel):
    """The same every time it is asked. `correlation_id` names the work that has begun, if some has."""

    command_id: UUID
    project_id: UUID
    status: CommandStatus
    version: Annotated[int, Field(description="The project's version after it; good as min_version.")]
    result: ProjectResult
    correlation_id: Annotated[UUID | None, Field(description="The work that has begun, if some has.")] = None


class ContentsJob(BaseModel):
    """Contents that are to be written. `job_id`: of the work; `contents_id`: of what it proposes."""

    job_id: UUID
    contents_id: UUID
    project_id: UUID
    version: Annotated[int, Field(description="The project's version after it; good as min_version.")]


class InitiationAnswer(BaseModel):
    """The same every time it is asked. `job_id` null: made from a finished session, so nothing is to be waited for."""

    project_id: UUID
    job_id: Annotated[UUID | None, Field(description="GET /tasks/{id} tells how far it is.")]
    status: CommandStatus
    version: Annotated[int, Field(description="The project's version after it; good as min_version.")]


class ChapterResult(BaseModel):
    """`words`: of the whole chapter, after something that changed its text. `draft_id`: of a draft that has begun."""

    words: int | None = None
    draft_id: UUID | None = None


class ChapterAnswer(BaseModel):
    """The same every time it is asked. `correlation_id` names the work that has begun, if some has."""

    command_id: UUID
    chapter_id: UUID
    status: CommandStatus
    version: Annotated[
        int, Field(description="The chapter's version after it, and that of each block that the command changed.")
    ]
    result: ChapterResult
    correlation_id: UUID | None = None
