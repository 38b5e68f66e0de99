"""Reads what is posted to begin a project: a keyword with what its author says of the book, or a finished session."""

from typing import Self
from uuid import UUID

from genesis_types.enums import AudienceLevel, Intent
from pydantic import Field, TypeAdapter, model_validator

from api.schemas.requests import Request
from domain.genesis.commands import Instead, LanguageTag, ShortText
from domain.project.commands import CreateProject
from domain.project.initiation_commands import InitiateProject, Keyword


class InitiationRequest(Request):
    """A keyword, or a finished session, of which then nothing is asked twice."""

    command_id: UUID | None = Field(default=None, description="Also as the header Idempotency-Key.")
    keyword: Keyword | None = None
    from_session_id: UUID | None = None
    genre: ShortText = ""
    audience: ShortText = ""
    audience_level: AudienceLevel = AudienceLevel.GENERAL
    intent: Intent = Intent.FICTION
    language: LanguageTag | None = None
    writer: Instead = None

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if (self.keyword is None) == (self.from_session_id is None):
            raise ValueError("give a keyword, or the id of a finished session")
        return self

    def command(self) -> InitiateProject | CreateProject:
        if self.keyword is None:
            return CreateProject(from_session_id=self.from_session_id, language=self.language)
        return InitiateProject(
            keyword=self.keyword,
            genre=self.genre,
            audience=self.audience,
            audience_level=self.audience_level,
            intent=self.intent,
            language=self.language or "en",
            writer=self.writer,
        )


INITIATION: TypeAdapter[InitiationRequest] = TypeAdapter(InitiationRequest)
