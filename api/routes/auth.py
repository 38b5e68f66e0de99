"""Signing in with a one-time token or a password, signing out, and who is signed in."""

from ipaddress import IPv4Address, ip_address, ip_network

from fastapi import APIRouter, Request, Response

from api.dependencies import (
    AccountsOf,
    Body,
    LimitsOf,
    SignedIn,
    UsersOf,
    clear_session_cookie,
    refuse_other_sites,
    session_token,
    set_session_cookie,
)
from api.errors import Problem, documented
from api.http.user_agents import label_of
from api.schemas.requests import LOGIN, parse
from api.schemas.responses import Me
from infrastructure.identity.authentication import Authentication, Identity
from infrastructure.identity.passwords import name_key
from infrastructure.identity.users import Users
from infrastructure.redis.rate_limits import RateLimits

router = APIRouter(prefix="/auth", tags=["account"])


async def _me(account: Identity, users: Users) -> Response:
    user = await users.get(account.id)
    me = Me.model_validate(
        {"id": account.id, "name": account.name, "role": account.role, "has_password": bool(user and user.has_password)}
    )
    return Response(me.model_dump_json(), media_type="application/json")


@router.post(
    "/login",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "CROSS_ORIGIN", "TOO_LARGE", "RATE_LIMITED"),
    response_model=Me,
)
async def sign_in(request: Request, body: Body, accounts: AccountsOf, users: UsersOf, limits: LimitsOf) -> Response:
    """Spend a one-time token, or give a name and its password; the answer sets the session's cookie."""
    refuse_other_sites(request)
    asked = parse(LOGIN, body)
    label = label_of(request.headers.get("user-agent", ""))
    if asked.name is not None and asked.password is not None:
        await allow_guess(request, limits, f"name {name_key(asked.name)}")
        found = await users.sign_in(asked.name, asked.password.get_secret_value(), label)
        refused = "This is not a name and its password."
    else:
        found = await accounts.redeem_login(asked.token or "", label)
        refused = "This token was used already or is too old. A new one: `.venv/bin/genesis login NAME`."
    if found is None:
        raise Problem("UNAUTHENTICATED", refused)
    session, account = found
    await end_the_earlier(request, accounts)
    response = await _me(account, users)
    set_session_cookie(request, response, session)
    return response


async def allow_guess(request: Request, limits: RateLimits, whose: str) -> None:
    """Count one try of a password, for whose it is and for the address that it comes from. Raises Problem RATE_LIMITED.

    Who is locked out by somebody else's guesses still has their open browsers and the one-time address.
    """
    for key in (f"address {_network(request)}", whose):
        if (retry_after := await limits.hit("sign_in", key)) is not None:
            raise Problem.rate_limited(retry_after)


def _network(request: Request) -> str:
    """Where a request comes from: of IPv6 the /64, which is the least that one household is given."""
    if request.client is None:
        return "nowhere"
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return "nowhere"
    return str(address if isinstance(address, IPv4Address) else ip_network((address, 64), strict=False))


async def end_the_earlier(request: Request, accounts: Authentication) -> None:
    """The session that this browser had before: nobody would use it again, and it would stay in the list."""
    earlier = session_token(request)
    if earlier is not None:
        await accounts.revoke(earlier)


@router.post("/logout", status_code=204, responses=documented("CROSS_ORIGIN"), response_class=Response)
async def sign_out(request: Request, accounts: AccountsOf) -> Response:
    """End this browser's session, if there is one."""
    response = Response(status_code=204)
    token = session_token(request)
    if token is not None:
        refuse_other_sites(request)
        await accounts.revoke(token)
        clear_session_cookie(request, response)
    return response


@router.get("/me", responses=documented("UNAUTHENTICATED", "FORBIDDEN_SCOPE"), response_model=Me)
async def who_am_i(account: SignedIn, users: UsersOf) -> Response:
    return await _me(account, users)
