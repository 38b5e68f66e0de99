"""Whether this process is alive, and whether what it needs is there; what is degraded, and why."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.errors import status_of
from api.schemas.responses import Alive, Check, Readiness
from infrastructure.doctor.readiness import Vitals

router = APIRouter(tags=["health"])

_UNAVAILABLE: dict[int | str, dict[str, Any]] = {
    status_of("UNAVAILABLE"): {"model": Readiness, "description": "Not now: the database cannot be reached."}
}


async def vitals(request: Request) -> Vitals:
    found: Vitals = request.app.state.vitals
    return found


@router.get("/live", response_model=Alive)
async def live() -> Response:
    """The process answers."""
    return Response(Alive().model_dump_json(), media_type="application/json")


@router.get("/ready", response_model=Readiness, responses=_UNAVAILABLE)
async def ready(found: Annotated[Vitals, Depends(vitals)]) -> Response:
    """Commands can be taken and answered. `degraded` still takes them."""
    signs = await found.look()
    checks = [Check(name=sign.name, ok=sign.ok, detail=sign.detail) for sign in signs]
    if any(sign.vital and not sign.ok for sign in signs):
        status, code = "unavailable", status_of("UNAVAILABLE")
    else:
        status, code = ("ready" if all(sign.ok for sign in signs) else "degraded"), HTTPStatus.OK
    body = Readiness.model_validate({"status": status, "checks": checks})
    return Response(body.model_dump_json(), code, media_type="application/json")


@router.get("/health", response_model=Readiness, responses=_UNAVAILABLE)
async def health(found: Annotated[Vitals, Depends(vitals)]) -> Response:
    """The same as /ready, under the name that many tools look for."""
    return await ready(found)
