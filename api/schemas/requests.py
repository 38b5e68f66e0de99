"""What can be posted: one discriminated union of the twelve commands, and how JSON is read."""

import json
from typing import Annotated, Any, Literal, NoReturn, Self, TypeVar
from uuid import UUID

from genesis_types.enums import CommandType
from genesis_types.text import CleanText, lone_surrogates
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError, model_validator

from api.errors import Problem, invalid_request
from domain.genesis import commands
from infrastructure.identity.passwords import LONGEST as LONGEST_PASSWORD
from infrastructure.identity.passwords import SHORTEST as SHORTEST_PASSWORD

Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="A session's version.")]

T = TypeVar("T")


class Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CommandRequest(Request):
    """One command. `command_id` makes it safe to send again; `expected_version` refuses it on a session that moved."""

    command_id: UUID | None = Field(default=None, description="Also as the header Idempotency-Key.")
    expected_version: Version | None = None


class OfSession(CommandRequest):
    session_id: UUID


class OfNewSession(CommandRequest):
    session_id: None = Field(default=None, description="The answer names the new session.")


class StartGenesisRequest(OfNewSession):
    command_type: Literal[CommandType.START_GENESIS]
    payload: commands.StartGenesis = commands.StartGenesis()


class BranchGenesisRequest(OfNewSession):
    command_type: Literal[CommandType.BRANCH_GENESIS]
    payload: commands.BranchGenesis


class SelectConceptRequest(OfSession):
    command_type: Literal[CommandType.SELECT_CONCEPT]
    payload: commands.SelectConcept


class GenerateInspirationRequest(OfSession):
    command_type: Literal[CommandType.GENERATE_INSPIRATION]
    payload: commands.GenerateInspiration = commands.GenerateInspiration()


class ProvideFeedbackRequest(OfSession):
    command_type: Literal[CommandType.PROVIDE_FEEDBACK]
    payload: commands.ProvideFeedback


class ConfirmStageRequest(OfSession):
    command_type: Literal[CommandType.CONFIRM_STAGE]
    payload: commands.ConfirmStage


class EditContentRequest(OfSession):
    command_type: Literal[CommandType.EDIT_CONTENT]
    payload: commands.EditContent


class NavigateToStageRequest(OfSession):
    command_type: Literal[CommandType.NAVIGATE_TO_STAGE]
    payload: commands.NavigateToStage


class CancelGenerationRequest(OfSession):
    command_type: Literal[CommandType.CANCEL_GENERATION]
    payload: commands.CancelGeneration = commands.CancelGeneration()


class ExtendSessionRequest(OfSession):
    command_type: Literal[CommandType.EXTEND_SESSION]
    payload: commands.ExtendSession = commands.ExtendSession()


class FinishGenesisRequest(OfSession):
    command_type: Literal[CommandType.FINISH_GENESIS]
    payload: commands.FinishGenesis = commands.FinishGenesis()


class AbandonGenesisRequest(OfSession):
    command_type: Literal[CommandType.ABANDON_GENESIS]
    payload: commands.AbandonGenesis = commands.AbandonGenesis()


AnyCommandRequest = Annotated[
    StartGenesisRequest
    | BranchGenesisRequest
    | SelectConceptRequest
    | GenerateInspirationRequest
    | ProvideFeedbackRequest
    | ConfirmStageRequest
    | EditContentRequest
    | NavigateToStageRequest
    | CancelGenerationRequest
    | ExtendSessionRequest
    | FinishGenesisRequest
    | AbandonGenesisRequest,
    Field(discriminator="command_type"),
]
COMMAND: TypeAdapter[AnyCommandRequest] = TypeAdapter(AnyCommandRequest)


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
