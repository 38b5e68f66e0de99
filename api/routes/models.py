"""Connections to models: listed, made, changed, tested, ended; and which local servers run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from api.dependencies import Body, LimitsOf, SignedIn
from api.errors import Problem, documented
from api.schemas.models import (
    AVAILABLE,
    CHANGE,
    MODEL,
    AvailableModels,
    ModelItem,
    ModelList,
    ModelTest,
    PresetItem,
    PresetList,
)
from api.schemas.requests import parse
from infrastructure.identity.authentication import Identity
from infrastructure.secret_box import CannotDecrypt, SecretKeyUnusable
from infrastructure.settings import Settings
from infrastructure.writers.connections.catalogue import Discovery, models_of
from infrastructure.writers.connections.presets import BY_NAME, PRESETS
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import (
    NotAllowed,
    Stored,
    check_place,
    has_environment,
)
from infrastructure.writers.connections.testing import OK, Tester, message_of

router = APIRouter(tags=["models"])

_MAY = ("UNAUTHENTICATED", "FORBIDDEN_SCOPE")
_SMALLEST = Decimal("0.000001")
_WRITES = ("INVALID_REQUEST", "TOO_LARGE", "REFUSED", *_MAY)


@dataclass(frozen=True, slots=True)
class Models:
    """What these routes work with. `reachable`: others than this machine's can come to the studio."""

    settings: Settings
    connections: ModelConnections
    tester: Tester
    discovery: Discovery
    reachable: bool

    def may_name_addresses(self, account: Identity) -> bool:
        """Where strangers can come in, only the owner makes the studio call addresses of their choosing."""
        return account.role == "owner" or not self.reachable


async def _models(request: Request) -> Models:
    found: Models = request.app.state.models
    return found


ModelsOf = Annotated[Models, Depends(_models)]


@router.get("/models", responses=documented(*_MAY), response_model=ModelList)
async def list_models(account: SignedIn, models: ModelsOf) -> Response:
    """My connections, in the order in which they are asked after the default."""
    kept = await models.connections.all(account.id)
    settings = models.settings
    return as_answer(
        ModelList(
            items=[_item(one, models) for one in kept],
            environment=settings.model.strip() if has_environment(settings) else None,
            addresses=models.may_name_addresses(account),
            usable=not settings.credits,
        )
    )


@router.post("/models", status_code=201, responses=documented(*_WRITES), response_model=ModelItem)
async def add_model(account: SignedIn, body: Body, models: ModelsOf) -> Response:
    """A new connection; its key is stored encrypted and shown to nobody again."""
    asked = parse(MODEL, body)
    with _refusals():
        check_place(BY_NAME[asked.preset], asked.base_url, may_name_addresses=models.may_name_addresses(account))
        values = asked.model_dump(exclude={"api_key", "is_default"})
        key = asked.api_key.get_secret_value() if asked.api_key else None
        made = await models.connections.add(account.id, _priced(values), key or None, default=asked.is_default)
    return as_answer(_item(made, models), 201)


@router.get("/models/presets", responses=documented(*_MAY), response_model=PresetList)
async def list_model_presets(account: SignedIn, models: ModelsOf) -> Response:
    """Where models come from; of the servers on this machine also whether they run, and what they have."""
    allowed = models.may_name_addresses(account)
    running = await models.discovery.running() if allowed else {}
    items = [
        PresetItem(
            name=preset.name,
            label=preset.label,
            base_url=preset.base_url,
            own=preset.own,
            needs_key=preset.needs_key,
            keys_at=preset.keys_at,
            running=preset.name in running if allowed and preset.own and preset.base_url else None,
            models=list(running[preset.name].models) if preset.name in running else [],
        )
        for preset in PRESETS
        if allowed or not preset.own
    ]
    return as_answer(PresetList(items=items))


@router.post(
    "/models/available",
    responses=documented("INVALID_REQUEST", "TOO_LARGE", "NOT_FOUND", "RATE_LIMITED", *_MAY),
    response_model=AvailableModels,
)
async def list_available_models(account: SignedIn, body: Body, models: ModelsOf, limits: LimitsOf) -> Response:
    """The models that a server has, before a connection to it is kept or of one that is."""
    asked = parse(AVAILABLE, body)
    preset = BY_NAME[asked.preset]
    key = asked.api_key.get_secret_value() if asked.api_key else None
    with _refusals():
        check_place(preset, asked.base_url, may_name_addresses=models.may_name_addresses(account))
    if not key and asked.model_id is not None:
        found = await _mine(models, account, asked.model_id)
        if (found.preset, found.base_url) == (asked.preset, asked.base_url):  # a key goes nowhere but to its own server
            key = _key_of(models, found)
    await limits.generation(account.id)
    listed = await models_of(preset, asked.base_url, key)
    return as_answer(
        AvailableModels(items=list(listed.models), more=listed.more, code=listed.code, message=listed.message)
    )


@router.get(
    "/models/{model_id:uuid}", responses=documented("INVALID_REQUEST", "NOT_FOUND", *_MAY), response_model=ModelItem
)
async def get_model(model_id: UUID, account: SignedIn, models: ModelsOf) -> Response:
    """One connection."""
    return as_answer(_item(await _mine(models, account, model_id), models))


@router.patch("/models/{model_id:uuid}", responses=documented("NOT_FOUND", *_WRITES), response_model=ModelItem)
async def change_model(model_id: UUID, account: SignedIn, body: Body, models: ModelsOf) -> Response:
    """Change what is given. A new address needs its key anew: a key goes nowhere but where it was entered for."""
    found = await _mine(models, account, model_id)
    asked = parse(CHANGE, body)
    given = asked.model_dump(include=asked.model_fields_set - {"api_key"})
    if given.keys() & {"input_price", "output_price"} not in ({"input_price", "output_price"}, set()):
        raise Problem.invalid("input_price", "give both prices, or neither")
    key = None
    if "api_key" in asked.model_fields_set:
        key = asked.api_key.get_secret_value() if asked.api_key else ""
    with _refusals():
        if given.keys() & {"preset", "base_url"}:
            preset, base_url = given.get("preset", found.preset), given.get("base_url", found.base_url)
            check_place(
                BY_NAME.get(preset, BY_NAME["other"]),
                base_url,
                may_name_addresses=models.may_name_addresses(account),
            )
        changed = await models.connections.change(account.id, model_id, _priced(given), key=key)
    if changed is None:
        raise Problem.not_found("model")
    return as_answer(_item(changed, models))


@router.delete(
    "/models/{model_id:uuid}",
    status_code=204,
    responses=documented("INVALID_REQUEST", "NOT_FOUND", *_MAY),
    response_class=Response,
)
async def remove_model(model_id: UUID, account: SignedIn, models: ModelsOf) -> Response:
    """End a connection, with its key. Sessions that chose it are written by the next in line."""
    if not await models.connections.remove(account.id, model_id):
        raise Problem.not_found("model")
    return Response(status_code=204)


@router.post(
    "/models/{model_id:uuid}/test",
    responses=documented("INVALID_REQUEST", "NOT_FOUND", "RATE_LIMITED", *_MAY),
    response_model=ModelTest,
)
async def test_model(model_id: UUID, account: SignedIn, models: ModelsOf, limits: LimitsOf) -> Response:
    """Ask it a small question, three times at most, and keep what was learnt of how it has to be asked."""
    found = await _mine(models, account, model_id)
    with _refusals():  # it may be of a time when only this machine reached the studio
        check_place(found.source, found.base_url, may_name_addresses=models.may_name_addresses(account))
    await limits.generation(account.id)
    tested = await models.tester.stored(found)
    return as_answer(
        ModelTest(
            code=tested.code,
            message=tested.message,
            requests=tested.requests,
            seconds=tested.seconds,
            first_byte_seconds=tested.first,
            form=tested.form,
            cost_usd=tested.cost_usd,
        )
    )


async def _mine(models: Models, account: Identity, model_id: UUID) -> Stored:
    """Raises Problem NOT_FOUND."""
    found = await models.connections.get(account.id, model_id)
    if found is None:
        raise Problem.not_found("model")
    return found


def _key_of(models: Models, found: Stored) -> str | None:
    try:
        return models.connections.box.decrypt(found.id, found.secret) if found.secret else None
    except CannotDecrypt:
        return None


def _item(one: Stored, models: Models) -> ModelItem:
    failed = one.test_code is not None and one.test_code != OK
    return ModelItem(
        id=one.id,
        name=one.name,
        preset=one.source.name,
        model=one.model,
        base_url=one.base_url,
        has_key=one.secret is not None,
        key_end=one.key_end,
        key_readable=one.secret is None or models.connections.box.can_read(one.id, one.secret),
        input_price=float(one.input_price) if one.input_price is not None else None,
        output_price=float(one.output_price) if one.output_price is not None else None,
        context_tokens=one.context_tokens,
        profile=one.profile,
        position=one.position,
        is_default=one.is_default,
        form=str(one.learned["rung"]) if one.learned and "rung" in one.learned else None,
        tested_at=one.tested_at,
        test_code=one.test_code,
        test_message=message_of(one.test_code or "") if failed else None,
    )


def _priced(values: dict[str, Any]) -> dict[str, Any]:
    """Prices as the decimals that were typed, not as their binary neighbours."""
    return {
        name: Decimal(str(value)).quantize(Decimal("0.000001"))
        if name.endswith("_price") and value is not None
        else value
        for name, value in values.items()
    }


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be kept, as a problem of its field."""
    try:
        yield
    except NotAllowed as error:
        raise Problem.invalid(error.field, str(error)) from None
    except SecretKeyUnusable as error:
        raise Problem("SECRET_KEY_UNUSABLE", f"The key cannot be stored: {error}") from None


def as_answer(shown: BaseModel, status: int = 200) -> Response:
    return Response(shown.model_dump_json(), status, media_type="application/json")
