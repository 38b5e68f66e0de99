"""Signing in with a one-time token, signing out, and who is signed in."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.answers import Me
from api.dependencies import (
    AccountsOf,
    Body,
    SignedIn,
    clear_session_cookie,
    find_account,
    refuse_other_sites,
    session_token,
    set_session_cookie,
)
from api.errors import Problem, documented
from api.requests import LOGIN, parse
from infrastructure.accounts import Account

router = APIRouter(prefix="/auth", tags=["account"])
page_router = APIRouter(include_in_schema=False)

LOGIN_FAILED = "/?login=expired"
"""Where the page says that the address was used already or is too old, and how to get another."""


def _me(account: Account) -> Response:
    return Response(Me.model_validate(account, from_attributes=True).model_dump_json(), media_type="application/json")


@router.post(
    "/login",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "CROSS_ORIGIN", "TOO_LARGE"),
    response_model=Me,
)
async def sign_in(request: Request, body: Body, accounts: AccountsOf) -> Response:
    """Spend a one-time token; the answer sets the session's cookie."""
    refuse_other_sites(request)
    found = await accounts.redeem_login(parse(LOGIN, body).token)
    if found is None:
        raise Problem(
            "UNAUTHENTICATED", "This token was used already or is too old. A new one: `.venv/bin/genesis login`."
        )
    response = _me(found[1])
    set_session_cookie(request, response, found[0])
    return response


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


@router.get("/me", responses=documented("UNAUTHENTICATED"), response_model=Me)
async def who_am_i(account: SignedIn) -> Response:
    return _me(account)


@page_router.get("/login")
async def follow_login_address(request: Request, accounts: AccountsOf, token: str = "") -> Response:
    """The one-time address: a cookie, and on to the page. Followed twice in one browser it simply opens the page."""
    found = await accounts.redeem_login(token)
    if found is None:
        return RedirectResponse("/" if await find_account(request) is not None else LOGIN_FAILED, 303)
    response = RedirectResponse("/", 303)
    set_session_cookie(request, response, found[0])
    return response
