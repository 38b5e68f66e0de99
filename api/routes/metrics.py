"""GET /metrics, for Prometheus: to programs on this machine, and to tokens that may read."""

import ipaddress
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.dependencies import find_grant
from api.errors import Problem, documented
from infrastructure.observability.metrics import Metrics

router = APIRouter(tags=["health"])

_MAY = frozenset({"metrics", "read"})


async def metrics_of(request: Request) -> Metrics:
    found: Metrics = request.app.state.metrics
    return found


@router.get(
    "/metrics",
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' text format."},
        **documented("UNAUTHENTICATED", "FORBIDDEN_SCOPE"),
    },
    response_class=Response,
)
async def read_metrics(request: Request, metrics: Annotated[Metrics, Depends(metrics_of)]) -> Response:
    """Counts and ages, without a word of a writer and without anybody's id."""
    if not _on_this_machine(request):
        grant = await find_grant(request)
        if grant is None:
            raise Problem("UNAUTHENTICATED", "From elsewhere this needs a token: `genesis token --scope metrics`.")
        if not grant.scopes & _MAY:
            raise Problem("FORBIDDEN_SCOPE", "This token lacks the scope metrics.")
    return Response(await metrics.exposition(), media_type=CONTENT_TYPE_LATEST)


def _on_this_machine(request: Request) -> bool:
    """Asked directly, from loopback: what a proxy passes on comes from elsewhere."""
    if request.client is None or "forwarded" in request.headers or "x-forwarded-for" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
