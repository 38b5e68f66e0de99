"""Every way in which a model's server is known to misbehave, by name, with what the writer gets of it in the end."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.model_answers import muse_answer
from tests.support.openai_server import Behaviour

Body = dict[str, Any]
Serve = Callable[[Body], Behaviour]


@dataclass(frozen=True)
class Misbehaviour:
    """`serve`: what one request is answered; `gives`: the proposals of three, or the code of the failure."""

    serve: Serve
    gives: int | str


def well(body: Body, **how: Any) -> Behaviour:
    del body
    return Behaviour(answer=muse_answer, **how)


def refusing(test: Callable[[Body], bool], status: int, words: str, **how: Any) -> Serve:
    """Refuses what `test` says, with these words; does the rest well."""

    def serve(body: Body) -> Behaviour:
        if test(body):
            return Behaviour(answer=muse_answer, status=status, error={"message": words})
        return well(body, **how)

    return serve


def failing(status: int, words: str, code: str = "", **headers: str) -> Serve:
    error = {"message": words} | ({"code": code} if code else {})
    return lambda _: Behaviour(answer=muse_answer, status=status, error=error, headers=headers)


def saying(dress: Callable[[str], str], **how: Any) -> Serve:
    """A good answer, dressed up."""
    return lambda _: Behaviour(answer=lambda body: dress(muse_answer(body)), as_text=True, **how)


def _format(kind: str) -> Callable[[Body], bool]:
    return lambda body: (body.get("response_format") or {}).get("type") == kind


def _has(*keys: str) -> Callable[[Body], bool]:
    return lambda body: any(key in body for key in keys)


def _any_form(body: Body) -> bool:
    return "response_format" in body or "tools" in body


def _strict(body: Body) -> bool:
    return '"strict": true' in json.dumps(body)


def _bounded(body: Body) -> bool:
    return "maxLength" in json.dumps(body.get("response_format") or {})


def _items(text: str) -> list[Any]:
    return list(json.loads(text)["proposals"])


def _call(text: str) -> str:
    return json.dumps({"name": "propose", "arguments": json.loads(text)})


def _renamed(text: str) -> str:
    items = [{"name": item.pop("title"), **item} for item in _items(text)]
    return json.dumps({"concepts": items})


def _raw_breaks(text: str) -> str:
    return text.replace(". ", ".\n")


LOOP = '{"proposals": [{"title": "' + "and then the sea came in " * 900

MISBEHAVIOURS: dict[str, Misbehaviour] = {
    # --- the form of the answer
    "does all it is asked": Misbehaviour(well, 3),
    "refuses json_schema with 400": Misbehaviour(
        refusing(_format("json_schema"), 400, "response_format json_schema is not supported"), 3
    ),
    "refuses json_schema with 500": Misbehaviour(refusing(_format("json_schema"), 500, "failed to parse grammar"), 3),
    "takes json_object only, says 422": Misbehaviour(
        refusing(
            lambda body: _format("json_schema")(body) or "tools" in body,
            422,
            "response_format.type must be one of: text, json_object",
        ),
        3,
    ),
    "refuses every form with 501": Misbehaviour(refusing(_any_form, 501, "Not Implemented"), 3),
    "refuses every form with 415": Misbehaviour(refusing(_any_form, 415, "Unsupported payload"), 3),
    "refuses every form with 404 for tools": Misbehaviour(
        refusing(_any_form, 404, "No endpoints found that support tool use or response_format"), 3
    ),
    "refuses strict": Misbehaviour(refusing(_strict, 400, "Unknown parameter: 'strict'"), 3),
    "refuses bounds in a schema": Misbehaviour(refusing(_bounded, 400, "'maxLength' is not permitted"), 3),
    "refuses stream_options": Misbehaviour(refusing(_has("stream_options"), 400, "stream_options: extra input"), 3),
    "refuses streaming": Misbehaviour(
        refusing(lambda body: bool(body.get("stream")), 400, "streaming is not supported here"), 3
    ),
    "ignores streaming": Misbehaviour(lambda body: well(body, whole=True), 3),
    "ignores every form": Misbehaviour(
        lambda body: well(body) if "JSON schema" in json.dumps(body["messages"]) else saying(lambda _: "Once …")(body),
        3,
    ),
    # --- the answer
    "adds sentences around it": Misbehaviour(saying(lambda text: f"Here {{you}} are:\n{text}\nEnjoy!"), 3),
    "puts it in a fence": Misbehaviour(saying(lambda text: f"```json\n{text}\n```"), 3),
    "thinks aloud with braces": Misbehaviour(saying(lambda text: f'<think>{{"title": "x"}} or {{y</think>{text}'), 3),
    "closes a thought it never opened": Misbehaviour(saying(lambda text: f"So be it.</think>\n{text}"), 3),
    "breaks lines in texts": Misbehaviour(saying(_raw_breaks), 3),
    "leaves trailing commas": Misbehaviour(saying(lambda text: text.replace("}]", ",},]")), 3),
    "gives a bare list": Misbehaviour(saying(lambda text: json.dumps(_items(text))), 3),
    "gives JSON in a string": Misbehaviour(saying(json.dumps), 3),
    "writes a tool call as text": Misbehaviour(saying(_call), 3),
    "doubles the braces": Misbehaviour(saying(lambda text: f"{{{text}}}"), 3),
    "uses other keys": Misbehaviour(saying(_renamed), 3),
    "gives two of three": Misbehaviour(saying(lambda text: json.dumps({"proposals": _items(text)[:2]})), 2),
    "breaks off in the third": Misbehaviour(
        lambda _: Behaviour(answer=lambda body: json.dumps({"proposals": _items(muse_answer(body))})[:-200], cut=True),
        2,
    ),
    "gives prose": Misbehaviour(saying(lambda _: "Once there was a lighthouse keeper."), "BROKEN_ANSWER"),
    "gives nothing": Misbehaviour(saying(lambda _: ""), "EMPTY"),
    "repeats itself for ever": Misbehaviour(saying(lambda _: LOOP), "REPEATED_ITSELF"),
    "reaches its longest answer": Misbehaviour(
        lambda _: Behaviour(answer=muse_answer, stop_after=400, finish_reason="length"), "TRUNCATED"
    ),
    "declines": Misbehaviour(saying(lambda _: "I'm sorry, but I can't help with that."), "REFUSED"),
    "is filtered": Misbehaviour(
        lambda _: Behaviour(answer=lambda _: "", finish_reason="content_filter"), "CONTENT_FILTERED"
    ),
    # --- the server
    "refuses the key": Misbehaviour(failing(401, "Incorrect API key provided"), "KEY_REFUSED"),
    "has no such model": Misbehaviour(failing(404, "model 'x' not found, try pulling it first"), "MODEL_NOT_FOUND"),
    "has nothing at this address": Misbehaviour(failing(404, "Not Found"), "WRONG_ADDRESS"),
    "shows a web page": Misbehaviour(lambda body: well(body, page="<html>Sign in</html>"), "WEB_PAGE"),
    "has too small a context (llama.cpp)": Misbehaviour(
        failing(400, "the request exceeds the available context size, try increasing it"), "TOO_LONG_TO_READ"
    ),
    "has too small a context (Ollama)": Misbehaviour(
        failing(500, "input length exceeds the context length"), "TOO_LONG_TO_READ"
    ),
    "has too small a context (vLLM)": Misbehaviour(
        failing(400, "This model's maximum context length is 4096 tokens"), "TOO_LONG_TO_READ"
    ),
    "has no quota left": Misbehaviour(failing(429, "No credit.", "insufficient_quota"), "NO_CREDIT"),
    "is overloaded": Misbehaviour(failing(503, "The server is overloaded"), "OVERLOADED"),
    "loads its model (llama.cpp)": Misbehaviour(failing(503, "Loading model"), "MODEL_LOADING"),
    "asks for a pause each time": Misbehaviour(failing(429, "slow down", **{"retry-after": "0"}), "RATE_LIMITED"),
    "asks for a pause of an hour": Misbehaviour(failing(429, "slow down", **{"retry-after": "3600"}), "RATE_LIMITED"),
    "fails each time": Misbehaviour(failing(500, "boom"), "PROVIDER_FAILED"),
    "stands behind a proxy": Misbehaviour(failing(407, "Proxy Authentication Required"), "PROXY_IN_THE_WAY"),
    "cuts the line": Misbehaviour(
        lambda _: Behaviour(answer=muse_answer, stop_after=200, drop=True), "CONNECTION_LOST"
    ),
    "falls silent": Misbehaviour(lambda _: Behaviour(answer=muse_answer, stop_after=200, hang=True), "WENT_SILENT"),
    "sends comments while it thinks": Misbehaviour(lambda body: well(body, comments=12, comment_pause=0.1), 3),
}
