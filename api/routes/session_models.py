"""Which model writes in a session: what was chosen, and who is asked in which order."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import Body, SessionReading, SignedIn
from api.errors import Problem, documented
from api.routes.genesis import session_exists
from api.routes.models import Models, ModelsOf, as_answer
from api.schemas.models import SESSION_MODEL, InLine, SessionModel
from api.schemas.requests import parse
from infrastructure.identity.authentication import Identity
from infrastructure.settings import Settings
from infrastructure.writers.connections.stored import ENVIRONMENT, MUSE, Other, Stored, has_environment, line_up

router = APIRouter(tags=["models"])

_MAY = ("UNAUTHENTICATED", "FORBIDDEN_SCOPE")


@router.get(
    "/genesis/{session_id}/model",
    responses=documented("INVALID_REQUEST", "NOT_FOUND", *_MAY),
    response_model=SessionModel,
)
async def get_session_model(session_id: UUID, account: SignedIn, reading: SessionReading, models: ModelsOf) -> Response:
    """Who writes in this session: what was chosen, and who is asked in which order."""
    await session_exists(reading, session_id, account.id)
    return await _session_model(models, account, session_id)


@router.put(
    "/genesis/{session_id}/model",
    responses=documented("INVALID_REQUEST", "TOO_LARGE", "NOT_FOUND", *_MAY),
    response_model=SessionModel,
)
async def choose_session_model(
    session_id: UUID, account: SignedIn, body: Body, reading: SessionReading, models: ModelsOf
) -> Response:
    """Choose who writes in this session, from its next proposals on."""
    await session_exists(reading, session_id, account.id)
    choice = parse(SESSION_MODEL, body).choice
    if choice == ENVIRONMENT and not has_environment(models.settings):
        raise Problem.invalid("choice", "The settings name no model.")
    if not await models.connections.choose(account.id, session_id, choice):
        raise Problem.invalid("choice", "There is no such model of yours.")
    return await _session_model(models, account, session_id)


async def _session_model(models: Models, account: Identity, session_id: UUID) -> Response:
    choice = await models.connections.choice(account.id, session_id)
    environment = has_environment(models.settings)
    kept = await models.connections.all(account.id) if not models.settings.credits else []
    line = line_up(choice, kept, environment=environment)
    return as_answer(SessionModel(choice=choice, line=[_in_line(one, models.settings) for one in line]))


def _in_line(one: Stored | Other, settings: Settings) -> InLine:
    if isinstance(one, Stored):
        return InLine(kind="connection", id=one.id, name=one.name, model=one.model)
    name = settings.model.strip() if one == ENVIRONMENT else MUSE
    return InLine(kind=one, id=None, name=name, model=name)
