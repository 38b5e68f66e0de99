"""The OpenAPI document: FastAPI's, with the command union, the stream frames and how to sign in said as well."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from api.errors import documented, status_of
from api.problem_details import ProblemDetails
from api.schemas.frames import LIVE
from api.schemas.initiation import INITIATION
from api.schemas.models import AVAILABLE, CHANGE, MODEL, SESSION_MODEL
from api.schemas.requests import CHAPTER_COMMAND, COMMAND, LOGIN, PASSWORD, PROJECT_COMMAND, TOC, TOKEN

VERSION = "1"
_NO_SCOPE = str(status_of("FORBIDDEN_SCOPE"))
_FASTAPI_S = str(status_of("REFUSED"))
"""FastAPI gives every route a 422 for requests that are not valid; here that is a refusal by the domain."""
_REFS = "#/components/schemas/{model}"
_OPEN = ("/live", "/ready", "/health", "/metrics", "/api/v1/auth/login", "/api/v1/auth/logout")
_BODIES: dict[tuple[str, str], tuple[str, TypeAdapter[Any]]] = {
    ("post", "/api/v1/genesis/commands"): ("AnyCommandRequest", COMMAND),
    ("post", "/api/v1/projects/commands"): ("AnyProjectCommandRequest", PROJECT_COMMAND),
    ("post", "/api/v1/chapters/commands"): ("AnyChapterCommandRequest", CHAPTER_COMMAND),
    ("post", "/api/v1/projects/{project_id}/toc"): ("WriteContentsPayload", TOC),
    ("post", "/api/v1/projects/initiate"): ("InitiationRequest", INITIATION),
    ("post", "/api/v1/auth/login"): ("LoginRequest", LOGIN),
    ("post", "/api/v1/auth/password"): ("PasswordRequest", PASSWORD),
    ("post", "/api/v1/auth/tokens"): ("TokenRequest", TOKEN),
    ("post", "/api/v1/models"): ("ModelRequest", MODEL),
    ("patch", "/api/v1/models/{model_id}"): ("ModelChange", CHANGE),
    ("post", "/api/v1/models/available"): ("AvailableRequest", AVAILABLE),
    ("put", "/api/v1/genesis/{session_id}/model"): ("SessionModelRequest", SESSION_MODEL),
}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document, the same for the same code."""
    found = get_openapi(
        title="Genesis Studio",
        version=VERSION,
        description="From a spark to a novel: commands in, read models and server-sent events out.",
        routes=app.routes,
    )
    components = found.setdefault("components", {})
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for (method, path), (name, adapter) in _BODIES.items():
        schema = adapter.json_schema(ref_template=_REFS)
        schemas |= schema.pop("$defs", {})
        schemas[name] = schema
        found["paths"][path][method]["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": _REFS.format(model=name)}}},
        }
    answers: list[type[BaseModel]] = [ProblemDetails, *LIVE.values()]
    _, others = models_json_schema([(model, "serialization") for model in answers], ref_template=_REFS)
    schemas |= {name: schema for name, schema in others["$defs"].items() if name not in schemas}
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "`genesis token` prints one."},
        "browser": {
            "type": "apiKey",
            "in": "cookie",
            "name": "genesis_session",
            "description": "Set by signing in. The port is part of its real name: cookies are shared by all of a host.",
        },
    }
    for path, operations in found["paths"].items():
        for operation in operations.values():
            operation["responses"].pop(_FASTAPI_S, None) if _FASTAPI_S not in _own(operation) else None
            operation["security"] = [] if path in _OPEN else [{"bearer": []}, {"browser": []}]
            if operation["security"]:  # whatever needs an account may be asked with a token that is not for it
                refused = {str(status): answer for status, answer in documented("FORBIDDEN_SCOPE").items()}
                operation["responses"] = dict(
                    sorted((operation["responses"] | {_NO_SCOPE: refused[_NO_SCOPE]}).items())
                )
    return found


def _own(operation: dict[str, Any]) -> set[str]:
    """The answers that a route documents itself: FastAPI adds a 422 of its own, which is a 400 here."""
    return {
        status
        for status, answer in operation["responses"].items()
        if "HTTPValidationError" not in str(answer.get("content", ""))
    }
