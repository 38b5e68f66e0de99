"""Lists the models that a server has, bounded in time, bytes and number; and finds the servers of this machine."""

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import structlog

from infrastructure.writers.connections.presets import LOCAL, Preset
from infrastructure.writers.model.causes import says_loading, sentence

if TYPE_CHECKING:
    import httpx2

log = structlog.get_logger(__name__)

MOST = 2_000
"""Models that are listed of one server."""

LONGEST_NAME = 200
_MOST_BYTES = 8 * 1024 * 1024
_WORDS = 4_000
"""Bytes of a refusal that are read, only to be understood."""

_SECONDS, _PROBE_SECONDS = 15.0, 2.0
_FRESH_SECONDS = 3.0
"""For so long nobody's page makes the studio knock at the same doors again."""

HERE = "http://127.0.0.1"
"""For a client that no proxy stands before."""

OK = "OK"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`models` in alphabetical order; `more` that were left off. `code` is OK, or why there are none."""

    models: tuple[str, ...] = ()
    more: int = 0
    code: str = OK
    message: str = ""


async def models_of(preset: Preset, base_url: str | None, key: str | None) -> Catalogue:
    """The models of a server, asked once and never elsewhere. Raises nothing: what is wrong is a code."""
    address = _listing(preset, base_url)
    if address is None:
        return _failed("WRONG_ADDRESS")
    if preset.needs_key and base_url is None and not key:
        return _failed("KEY_MISSING")
    try:
        async with _client(address) as client:
            return await _within(client, address, preset, key, _SECONDS)
    except Exception as error:  # a proxy in the environment that no client understands
        log.info("models_not_listed", error=type(error).__name__)
        return _failed("PROXY_IN_THE_WAY")


def _client(address: str) -> "httpx2.AsyncClient":
    from infrastructure.writers.model.http import make_client  # noqa: PLC0415  (an HTTP client: only when it is used)

    return make_client(address)


async def _within(
    client: "httpx2.AsyncClient", address: str, preset: Preset, key: str | None, seconds: float
) -> Catalogue:
    try:
        async with asyncio.timeout(seconds):
            return await _asked(client, address, preset, key)
    except TimeoutError:
        return _failed("UNREACHABLE")
    except Exception as error:  # whatever an HTTP library makes of an odd server; its text may name the address
        log.info("models_not_listed", error=type(error).__name__)
        from infrastructure.writers.model.link_local import LinkLocalRefused  # noqa: PLC0415  (loaded with the client)

        if isinstance(error, LinkLocalRefused):
            return _failed("ADDRESS_LINK_LOCAL")
        proxy = "proxy" in type(error).__name__.lower()
        return _failed("PROXY_IN_THE_WAY" if proxy else "KEY_MALFORMED" if _is_text(error) else "UNREACHABLE")


async def _asked(client: "httpx2.AsyncClient", address: str, preset: Preset, key: str | None) -> Catalogue:
    headers = {"accept": "application/json"}
    if key and preset.protocol == "anthropic":
        headers |= {"x-api-key": key, "anthropic-version": "2023-06-01"}
    elif key:
        headers["authorization"] = f"Bearer {key}"
    body = bytearray()
    async with client.stream("GET", address, headers=headers, follow_redirects=False) as answer:
        if answer.status_code in (401, 403):
            return _failed("KEY_REFUSED" if key else "KEY_MISSING")
        if answer.status_code == 429:
            return _failed("RATE_LIMITED")
        if answer.status_code >= 500:
            words = await anext(answer.aiter_bytes(_WORDS), b"")
            return _failed(
                "MODEL_LOADING" if says_loading(words.decode("utf-8", "replace").lower()) else "PROVIDER_FAILED"
            )
        if "text/html" in answer.headers.get("content-type", "").lower():
            return _failed("WEB_PAGE")
        if answer.status_code != 200:
            return _failed("WRONG_ADDRESS")
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > _MOST_BYTES:
                return _failed("WRONG_ADDRESS")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return _failed("WRONG_ADDRESS")
    if not isinstance(said, list) and not (isinstance(said, dict) and said.keys() & {"data", "models"}):
        return _failed("WRONG_ADDRESS")
    found = sorted(set(_names(said)), key=str.casefold)
    return Catalogue(tuple(found[:MOST]), max(0, len(found) - MOST))


def _names(said: Any) -> Iterable[str]:
    """The names in a list of models, in the form of OpenAI, Anthropic or Ollama's own."""
    items = (said.get("data") or said.get("models") or []) if isinstance(said, dict) else said
    for item in items if isinstance(items, list) else []:
        name = item.get("id") or item.get("name") or item.get("model") if isinstance(item, dict) else item
        if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable():
            yield name.removeprefix("models/")


def _listing(preset: Preset, base_url: str | None) -> str | None:
    base = base_url or preset.base_url
    if base is None:
        return preset.listing
    parts = urlsplit(base)
    suffix = "/v1/models" if preset.protocol == "anthropic" else "/models"
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + suffix, parts.query, ""))


def _failed(code: str) -> Catalogue:
    return Catalogue(code=code, message=sentence(code, stored=True, tested=True))


def _is_text(error: Exception) -> bool:
    return isinstance(error, UnicodeError)


class Discovery:
    """Which local servers run: each is asked at its usual port on loopback, once for all who ask within a moment."""

    def __init__(self, presets: tuple[Preset, ...] = LOCAL, seconds: float = _PROBE_SECONDS) -> None:
        self._presets = presets
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._found: dict[str, Catalogue] = {}
        self._until = 0.0

    async def running(self) -> dict[str, Catalogue]:
        """By preset, the models of each local server that answers as one."""
        async with self._lock:
            if time.monotonic() >= self._until:
                async with _client(HERE) as client:
                    found = await asyncio.gather(*(self._probe(client, preset) for preset in self._presets))
                self._found = {
                    preset.name: catalogue
                    for preset, catalogue in zip(self._presets, found, strict=True)
                    if catalogue.code == OK
                }
                self._until = time.monotonic() + _FRESH_SECONDS
            return self._found

    async def _probe(self, client: "httpx2.AsyncClient", preset: Preset) -> Catalogue:
        address = _listing(preset, None)
        assert address is not None, "a local server has an address of its own"
        return await _within(client, address, preset, None, self._seconds)
