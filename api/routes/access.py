"""Where somebody is signed in and with which tokens: listed, ended, made; and their password."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.dependencies import AccountsOf, Body, Granted, InBrowser, LimitsOf, UsersOf
from api.errors import Problem, documented
from api.routes.auth import allow_guess
from api.schemas.requests import PASSWORD, TOKEN, parse
from api.schemas.responses import AccessItem, AccessList, NewToken

router = APIRouter(prefix="/auth", tags=["account"])

_MAY = ("UNAUTHENTICATED", "FORBIDDEN_SCOPE")


@router.get("/sessions", responses=documented(*_MAY), response_model=AccessList)
async def list_access(grant: Granted, accounts: AccountsOf) -> Response:
    """The browsers that are signed in and the tokens that are good, the newest first."""
    items = [
        AccessItem.model_validate(
            {**{name: getattr(access, name) for name in access.__slots__}, "current": access.id == grant.token_id}
        )
        for access in await accounts.granted(grant.account.id)
    ]
    return Response(AccessList(items=items).model_dump_json(), media_type="application/json")


@router.delete("/sessions", status_code=204, responses=documented(*_MAY), response_class=Response)
async def end_all_others(grant: Granted, accounts: AccountsOf) -> Response:
    """End every other browser's session. Tokens stay: each can be ended by itself."""
    await accounts.revoke_all(grant.account.id, keep=grant.token_id, kinds=("session", "login"))
    return Response(status_code=204)


@router.delete(
    "/sessions/{id}",
    status_code=204,
    responses=documented("INVALID_REQUEST", "NOT_FOUND", *_MAY),
    response_class=Response,
)
async def end_one(id: UUID, grant: Granted, accounts: AccountsOf) -> Response:
    """End one browser's session or one token: at once."""
    if not await accounts.revoke_one(grant.account.id, id):
        raise Problem.not_found("session or token")
    return Response(status_code=204)


@router.post(
    "/password",
    status_code=204,
    responses=documented("INVALID_REQUEST", "TOO_LARGE", "REFUSED", "RATE_LIMITED", *_MAY),
    response_class=Response,
)
async def change_password(request: Request, grant: InBrowser, body: Body, users: UsersOf, limits: LimitsOf) -> Response:
    """A new password. Every other browser is signed out; tokens stay."""
    asked = parse(PASSWORD, body)
    user = await users.get(grant.account.id)
    if user is not None and user.has_password:
        await allow_guess(
            request, limits, f"account {grant.account.id}"
        )  # a stranger's guesses at the name count apart
        given = asked.current_password.get_secret_value() if asked.current_password else ""
        if await users.check(grant.account.name, given) is None:
            raise Problem("WRONG_PASSWORD", "The current password is not right.")
    await users.set_password(grant.account.id, asked.new_password.get_secret_value(), keep=grant.token_id)
    return Response(status_code=204)


@router.post(
    "/tokens",
    status_code=201,
    responses=documented("INVALID_REQUEST", "TOO_LARGE", *_MAY),
    response_model=NewToken,
)
async def make_token(grant: InBrowser, body: Body, accounts: AccountsOf) -> Response:
    """A token for a program, shown this once."""
    asked = parse(TOKEN, body)
    made_of = await accounts.make_bearer(
        grant.account.id, asked.label, timedelta(days=asked.expires_in_days), frozenset(asked.scopes)
    )
    if made_of is None:
        raise Problem("UNAUTHENTICATED", "You were signed out meanwhile.")
    access, token = made_of
    made = NewToken(id=access.id, token=token, label=access.label, scopes=access.scopes, expires_at=access.expires_at)
    return Response(made.model_dump_json(), 201, media_type="application/json")
