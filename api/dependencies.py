"""What routes are given: who is asking, the readers, a request's body. Nothing here knows how a command is handled."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from api.errors import Problem
from api.streaming.hub import Streams
from infrastructure.coordination.presence import Presence
from infrastructure.coordination.rate_limits import Bucket, RateLimits
from infrastructure.identity.authentication import SESSION_LASTS, Authentication, Grant, Identity
from infrastructure.identity.users import ANALYST, Users
from projections.engine.changes import Changes
from projections.engine.min_version import Waits
from projections.genesis.queries import Queries

MAX_BODY = 4 * 1024 * 1024
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Readers:
    """The read side, as narrow as routes need it."""

    queries: Queries
    changes: Changes
    streams: Streams
    presence: Presence
    waits: Waits


# coroutines, all of them: a plain function would be run in a thread of its own for each request
async def readers(request: Request) -> Readers:
    found: Readers = request.app.state.readers
    return found


def reading(*projections: str) -> Callable[[Request], Coroutine[Any, Any, Readers]]:
    """The readers, once these projections may be read: a version that is built for the first time is waited for."""

    async def ready(request: Request) -> Readers:
        found = await readers(request)
        await found.waits.built(*projections)
        return found

    return ready


async def accounts(request: Request) -> Authentication:
    found: Authentication = request.app.state.accounts
    return found


async def users(request: Request) -> Users:
    found: Users = request.app.state.users
    return found


async def limits(request: Request) -> RateLimits:
    found: RateLimits = request.app.state.limits
    return found


def cookie_name(request: Request) -> str:
    """Cookies are shared by all ports of a host: two studios side by side need two names."""
    return f"genesis_session_{request.app.state.settings.port}"


def session_token(request: Request) -> str | None:
    return request.cookies.get(cookie_name(request))


def refuse_other_sites(request: Request) -> None:
    """A browser sends its cookie along from any site's page. It also says from which: Sec-Fetch-Site, or Origin.

    https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
    Raises Problem CROSS_ORIGIN.
    """
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        foreign = origin is not None and _netloc(origin) != request.headers.get("host")
    if foreign:
        raise Problem("CROSS_ORIGIN", "This came from another site's page. Use the studio's own.")


def _netloc(origin: str) -> str | None:
    """Host and port of an origin; None for what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def find_grant(request: Request) -> Grant | None:
    """By Bearer token, else by the browser's cookie. Raises Problem CROSS_ORIGIN."""
    found: Authentication = request.app.state.accounts
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await found.grant_of(token.strip(), "bearer")
    cookie = session_token(request)
    if cookie is None:
        return None
    refuse_other_sites(request)
    return await found.grant_of(cookie, "session")


async def granted(request: Request) -> Grant:
    """Who is asking, with what. Raises Problem UNAUTHENTICATED, or FORBIDDEN_SCOPE."""
    grant = await find_grant(request)
    if grant is None:
        raise Problem(
            "UNAUTHENTICATED",
            "Sign in first: `.venv/bin/genesis login NAME` prints a one-time address, `… token` a token for programs.",
            headers={"WWW-Authenticate": 'Bearer realm="genesis"'},
        )
    needed = "read" if request.method in _SAFE_METHODS else "write"
    if needed not in grant.scopes:
        raise Problem("FORBIDDEN_SCOPE", f"This token is not good for that: it lacks the scope {needed}.")
    return grant


async def signed_in(request: Request) -> Identity:
    """Who is asking. Raises Problem UNAUTHENTICATED, or FORBIDDEN_SCOPE."""
    return (await granted(request)).account


def may_see_everyone(person: Identity) -> bool:
    """Whether this person may read what is everybody's: analysts. See api/audited_reading.py."""
    return person.role == ANALYST


async def in_browser(request: Request) -> Grant:
    """A person at the page, not a program: only they change who gets in. Raises Problem."""
    grant = await granted(request)
    if grant.kind != "session":
        raise Problem("FORBIDDEN_SCOPE", "This is done on the page or with the `genesis` command, not with a token.")
    return grant


async def read_body(request: Request, most: int = MAX_BODY) -> bytes:
    """The whole body, of `most` bytes. Raises Problem TOO_LARGE as soon as it is known to be."""
    declared = request.headers.get("content-length", "")
    size = int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 16 else 0
    chunks = bytearray()
    if size <= most:
        async for chunk in request.stream():
            chunks += chunk
            if len(chunks) > most:
                break
    if max(size, len(chunks)) > most:
        raise Problem("TOO_LARGE", f"The request is larger than {most // 1024 // 1024} MB.")
    return bytes(chunks)


async def body_of(request: Request) -> bytes:
    """As most routes take it. Raises Problem TOO_LARGE."""
    return await read_body(request)


def set_session_cookie(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(
        cookie_name(request), path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def limited(bucket: Bucket) -> Callable[[Request], Coroutine[Any, Any, None]]:
    """Counts one for the account that asks, for a route's `dependencies`. Raises Problem RATE_LIMITED."""

    async def counted(request: Request) -> None:
        found: RateLimits = request.app.state.limits
        if (retry_after := await found.hit(bucket, str((await signed_in(request)).id))) is not None:
            raise Problem.rate_limited(retry_after)

    return counted


SignedIn = Annotated[Identity, Depends(signed_in)]
Granted = Annotated[Grant, Depends(granted)]
InBrowser = Annotated[Grant, Depends(in_browser)]
Reading = Annotated[Readers, Depends(readers)]
"""As far as it is: for whoever writes."""
SessionReading = Annotated[Readers, Depends(reading("genesis_session"))]
NovelReading = Annotated[Readers, Depends(reading("novels"))]
AllReading = Annotated[Readers, Depends(reading("genesis_session", "novels"))]
Body = Annotated[bytes, Depends(body_of)]
AccountsOf = Annotated[Authentication, Depends(accounts)]
UsersOf = Annotated[Users, Depends(users)]
LimitsOf = Annotated[RateLimits, Depends(limits)]
