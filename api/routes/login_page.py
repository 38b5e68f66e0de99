"""Shows the page of a one-time address, which signs in only once its button is pressed.

A GET changes nothing, so programs that follow links to scan or to preload them spend no token. The page says who will
be signed in, and instead of whom: an address that somebody else has made signs nobody in without their knowing.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#possible-csrf-vulnerabilities-in-login-forms
"""

from html import escape
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.dependencies import AccountsOf, Body, refuse_other_sites, session_token, set_session_cookie
from api.http.static_pages import content_policy
from api.http.user_agents import label_of
from api.routes.auth import end_the_earlier

router = APIRouter(include_in_schema=False)

LOGIN_FAILED = "/?login=expired"
"""Where the page says that the address was used already or is too old, to who is signed in and to who is not."""

# strict-origin: with no-referrer a browser would send the form with "Origin: null", as if from nowhere
_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="strict-origin">
<meta name="color-scheme" content="light dark"><title>Genesis Studio</title>
<body style="font-family: system-ui; max-width: 28rem; margin: 15vh auto; padding: 0 1.25rem; line-height: 1.6">
<main><h1 style="font-size: 1.5rem">{title}</h1><p>{who}</p>
<form method="post" action="/login"><input type="hidden" name="token" value="{token}">
<button autofocus data-testid="follow-login" style="font: inherit; padding: 0.6rem 1.4rem">{button}</button></form>
</main></body></html>"""

_WORDS = {
    "en": {
        "title": "Sign in to the studio",
        "who": "You will be signed in as <b>{name}</b>.",
        "instead": "You are signed in as <b>{before}</b>. This address signs you in as <b>{name}</b> instead.",
        "button": "Sign in",
    },
    "zh": {
        "title": "登录工作室",
        "who": "你将以 <b>{name}</b> 的身份登录。",
        "instead": "你现在以 <b>{before}</b> 的身份登录。这个地址将让你改以 <b>{name}</b> 的身份登录。",
        "button": "登录",
    },
}


@router.api_route("/login", methods=["GET", "HEAD"])
async def show_login_page(request: Request, accounts: AccountsOf, token: str = "") -> Response:
    """The page, for a token that is good; one that is not leaves a browser signed in as it was."""
    account = await accounts.whose_login(token)
    if account is None:
        return RedirectResponse(LOGIN_FAILED, 303)
    cookie = session_token(request)
    before = await accounts.grant_of(cookie, "session") if cookie is not None else None
    replaces = before is not None and before.account.id != account.id
    language = "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"
    words = _WORDS[language]
    who = words["instead" if replaces else "who"].format(
        name=escape(account.name), before=escape(before.account.name) if before is not None else ""
    )
    html = _PAGE.format(
        language=language, title=words["title"], who=who, button=words["button"], token=escape(token, quote=True)
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": content_policy(html), "Cache-Control": "no-store"})


@router.post("/login")
async def follow_login_address(request: Request, body: Body, accounts: AccountsOf) -> Response:
    """The page's button: a cookie, and on to the studio."""
    refuse_other_sites(request)
    token = parse_qs(body.decode("latin-1")).get("token", [""])[0]
    found = await accounts.redeem_login(token, label_of(request.headers.get("user-agent", "")))
    if found is None:
        return RedirectResponse(LOGIN_FAILED, 303)
    await end_the_earlier(request, accounts)
    response = RedirectResponse("/", 303)
    set_session_cookie(request, response, found[0])
    return response
