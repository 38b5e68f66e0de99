"""The studio's page: hashed assets for ever, index.html for every address of the page, a JSON 404 under /api."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api.errors import Problem, status_of

BUILT = Path(__file__).resolve().parent.parent.parent / "ui" / "dist"

_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Genesis Studio</title>
<body style="font-family: system-ui; max-width: 34rem; margin: 20vh auto; line-height: 1.6">
<h1>Genesis Studio</h1><p>The page is not built: run <code>make setup</code>, then reload.</p>
<p>The interface for programs works: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></body></html>"""

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def content_policy(html: str) -> str:
    """A content security policy for `html`: its own files, and the inline scripts that it holds by their hashes.

    Inline styles are allowed: the component library sets them. https://www.w3.org/TR/CSP3/
    """
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(html)
    )
    return (
        f"default-src 'self'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def _nothing() -> Problem:
    return Problem("NOT_FOUND", "There is nothing at this address.")


class Pages:
    """What answers when no route does. Built anew while running, it is served anew."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._folder = folder
        self._files = StaticFiles(directory=folder, check_dir=False)
        self._index: tuple[int, bytes, str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise _nothing()
        path: str = scope["path"]
        if path == "/api" or path.startswith("/api/"):
            raise _nothing()
        if scope["method"] not in ("GET", "HEAD"):
            raise Problem(
                "METHOD_NOT_ALLOWED", "This address does not take that method.", headers={"Allow": "GET, HEAD"}
            )
        await (await self._response(path, scope))(scope, receive, send)

    async def _response(self, path: str, scope: Scope) -> Response:
        asset = path.startswith("/assets/")
        if path not in ("/", "/index.html") and "\x00" not in path:
            try:
                response = await self._files.get_response(path.lstrip("/"), scope)
            except HTTPException:
                if asset:
                    raise  # a page from before an update asks for what is gone: no HTML for a script
            else:
                response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if asset else "no-cache"
                return response
        return self._page()

    def _page(self) -> Response:
        index = self._folder / "index.html"
        try:
            changed = index.stat().st_mtime_ns
        except OSError:
            return HTMLResponse(
                _NOT_BUILT, status_of("UNAVAILABLE"), {"Content-Security-Policy": content_policy(_NOT_BUILT)}
            )
        if self._index is None or self._index[0] != changed:
            html = index.read_bytes()
            self._index = (changed, html, content_policy(html.decode()))
        _, html, policy = self._index
        return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "no-cache"})
