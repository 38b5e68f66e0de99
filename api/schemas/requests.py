"""Reads what is posted: envelopes made from the aggregates' command bodies, and the other requests."""

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, NoReturn, Self, TypeVar, Union
from uuid import UUID

from genesis_types.text import CleanText, lone_surrogates
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    create_model,
    model_validator,
)

from api.errors import Problem, invalid_request
from domain.aggregate import Aggregate, Body
from domain.chapter.aggregate import CHAPTER
from domain.genesis.aggregate import GENESIS_SESSION
from domain.project.aggregate import PROJECT
from domain.project.contents_commands import WriteContents
from infrastructure.identity.passwords import LONGEST as LONGEST_PASSWORD
from infrastructure.identity.passwords import SHORTEST as SHORTEST_PASSWORD

Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="The version that the writer saw.")]

T = TypeVar("T")


class Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CommandRequest(Request):
    """One command. `command_id` makes it safe to send again; `expected_version` refuses it on a session that moved."""

    command_id: UUID | None = Field(default=None, description="Also as the header Idempotency-Key.")
    expected_version: Version | None = None

    if TYPE_CHECKING:  # what every envelope has, and Pydantic makes for each of them
        command_type: str
        payload: Body

    @property
    def stream_id(self) -> UUID | None:
        """The stream that it is for; None for one that begins a stream."""
        raise NotImplementedError


class _OfSession(CommandRequest):
    if TYPE_CHECKING:
        session_id: UUID | None

    @property
    def stream_id(self) -> UUID | None:
        return self.session_id


class OfStream(_OfSession):
    session_id: UUID


class OfNewStream(_OfSession):
    session_id: None = Field(default=None, description="The answer names the new session.")


class _OfAProject(CommandRequest):
    if TYPE_CHECKING:
        project_id: UUID | None

    @property
    def stream_id(self) -> UUID | None:
        return self.project_id


class OfProject(_OfAProject):
    project_id: UUID


class OfNewProject(_OfAProject):
    project_id: None = Field(default=None, description="The answer names the new project.")


class OfChapter(CommandRequest):
    chapter_id: UUID = Field(description="The chapter's entry in the contents.")

    @property
    def stream_id(self) -> UUID:
        return self.chapter_id


class Addressed(NamedTuple):
    """How an envelope names the stream that a command is for, and that one begins a stream."""

    existing: type[CommandRequest]
    new: type[CommandRequest]


SESSIONS = Addressed(OfStream, OfNewStream)
PROJECTS = Addressed(OfProject, OfNewProject)
CHAPTERS = Addressed(OfChapter, OfChapter)


def envelope(aggregate: Aggregate, body: type[Body], addressed: Addressed = SESSIONS) -> type[CommandRequest]:
    """The request that carries `body`: its command type, and the payload, which may be left out if it may be empty."""
    optional = not any(field.is_required() for field in body.model_fields.values())
    fields: dict[str, Any] = {
        "command_type": Literal[body.command_type],
        "payload": (body, body()) if optional else body,
    }
    base = addressed.new if body in aggregate.creates else addressed.existing
    return create_model(f"{body.__name__}Request", __base__=base, __module__=__name__, **fields)


def command_adapter(aggregate: Aggregate, addressed: Addressed = SESSIONS) -> TypeAdapter[CommandRequest]:
    """Reads any of the aggregate's public commands, told apart by `command_type`."""
    envelopes: Any = tuple(envelope(aggregate, body, addressed) for body in aggregate.commands)
    told_apart: Any = Annotated[Union[envelopes], Field(discriminator="command_type")]  # noqa: UP007  (made at run time)
    return TypeAdapter(told_apart)


WRITE_CONTENTS: Any = envelope(PROJECT, WriteContents, PROJECTS)
COMMAND = command_adapter(GENESIS_SESSION)
PROJECT_COMMAND = command_adapter(PROJECT, PROJECTS)
CHAPTER_COMMAND = command_adapter(CHAPTER, CHAPTERS)


class LoginRequest(Request):
    """A one-time token, or a name with its password."""

    token: (
        Annotated[
            str, Field(min_length=1, max_length=200, description="What follows ?token= in the address."), CleanText
        ]
        | None
    ) = None
    name: Annotated[str, Field(min_length=1, max_length=200), CleanText] | None = None
    password: Annotated[SecretStr, Field(min_length=1, max_length=LONGEST_PASSWORD)] | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        by_name = self.name is not None and self.password is not None
        if (self.token is not None) == by_name or (self.name is None) != (self.password is None):
            raise ValueError("give a token, or a name and a password")
        return self


class PasswordRequest(Request):
    current_password: (
        Annotated[SecretStr, Field(max_length=LONGEST_PASSWORD, description="Needed when there is one already.")] | None
    ) = None
    new_password: Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]


class TokenRequest(Request):
    label: Annotated[str, Field(max_length=100), CleanText] = ""
    scopes: Annotated[list[Literal["read", "write", "metrics"]], Field(min_length=1, max_length=3)] = ["read", "write"]
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] = 365


TOC: TypeAdapter[WriteContents] = TypeAdapter(WriteContents)
LOGIN: TypeAdapter[LoginRequest] = TypeAdapter(LoginRequest)
PASSWORD: TypeAdapter[PasswordRequest] = TypeAdapter(PasswordRequest)
TOKEN: TypeAdapter[TokenRequest] = TypeAdapter(TokenRequest)


def parse(adapter: TypeAdapter[T], body: bytes) -> T:
    """`body` as what the adapter reads, strictly: no text for a number. Raises Problem INVALID_REQUEST."""
    try:
        if b"NaN" in body or b"Infinity" in body:
            json.loads(body, parse_constant=_refuse_constant)
        return adapter.validate_json(body, strict=True)
    except ValidationError as error:
        if error.errors(include_url=False, include_context=False)[0]["type"] == "json_invalid":
            _explain(adapter, body)
        raise invalid_request(error.errors(include_url=False)) from None
    except (ValueError, RecursionError):
        _explain(adapter, body)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _explain(adapter: TypeAdapter[Any], body: bytes) -> NoReturn:
    """Why it cannot be read. Python's reader lets lone surrogates pass, so that the field that holds one is named."""
    try:
        said = json.loads(body, parse_constant=_refuse_constant)
        adapter.validate_python(said)
        if (where := next(lone_surrogates(said), None)) is not None:  # in content, whose shape its stage knows
            raise Problem.invalid(where, "must not contain lone surrogates")
    except ValidationError as error:
        raise invalid_request(error.errors(include_url=False)) from None
    except RecursionError:
        raise Problem.invalid("", "The body is nested too deeply.") from None
    except ValueError:
        pass
    raise Problem.invalid("", "The body is not valid JSON in UTF-8.") from None
