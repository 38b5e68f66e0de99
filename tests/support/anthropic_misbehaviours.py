"""What Anthropic's Messages API is known to do to a request, by name, with what the writer gets of it in the end."""

import json
from typing import Any

from tests.support.anthropic_server import Speech
from tests.support.misbehaviours import Body, Misbehaviour, Serve
from tests.support.model_answers import muse_answer

LONG_THOUGHT = " ".join(f"Concept {number} needs a grief of its own, number {number * 7}." for number in range(80))


def says(**how: Any) -> Serve:
    return lambda _: Speech(**({"answer": muse_answer} | how))


def refuses(status: int, kind: str, words: str, **how: Any) -> Serve:
    return says(status=status, error={"type": kind, "message": words}, **how)


def breaks_off(kind: str, words: str) -> Serve:
    """An error event in a stream that began with 200."""
    return says(stop_after=300, broken={"type": kind, "message": words})


def _first_breaks_off(kind: str, words: str) -> Serve:
    seen: list[Body] = []

    def serve(body: Body) -> Speech:
        seen.append(body)
        return Speech(**vars(breaks_off(kind, words)(body))) if len(seen) == 1 else Speech(answer=muse_answer)

    return serve


def _no_caching(body: Body) -> Speech:
    """A gateway that does not know `cache_control`, wherever it stands, and says so in the API's words."""
    places = ("system.0", "tools.0.custom", "messages.0.content.0")
    found = next(
        (at for at in places if "cache_control" in json.dumps(body.get(at.split(".", maxsplit=1)[0], ""))), None
    )
    if found is None:
        return Speech(answer=muse_answer)
    error = {"type": "invalid_request_error", "message": f"{found}.cache_control: Extra inputs are not permitted"}
    return Speech(answer=muse_answer, status=400, error=error)


def _at_most(longest: int) -> Serve:
    """An older model: it writes so many tokens at most, and wants to be told how many."""

    def serve(body: Body) -> Speech:
        wanted = body.get("max_tokens")
        if wanted is None:
            words = "max_tokens: Field required"
        elif wanted > longest:
            words = (
                f"max_tokens: {wanted} > {longest}, which is the maximum allowed number of output tokens for "
                f"{body['model']}"
            )
        else:
            return Speech(answer=muse_answer)
        return Speech(answer=muse_answer, status=400, error={"type": "invalid_request_error", "message": words})

    return serve


def _strict_refused(body: Body) -> Speech:
    if '"strict": true' not in json.dumps(body):
        return Speech(answer=muse_answer)
    words = "tools.0.custom.strict: Extra inputs are not permitted"
    return Speech(answer=muse_answer, status=400, error={"type": "invalid_request_error", "message": words})


def _no_forced_call(body: Body) -> Speech:
    """With thoughts switched on, the API takes no forced call."""
    if (body.get("tool_choice") or {}).get("type") not in ("any", "tool"):
        return Speech(answer=muse_answer, as_text="tools" not in body, thoughts=LONG_THOUGHT)
    words = "Thinking may not be enabled when tool_choice forces tool use."
    return Speech(answer=muse_answer, status=400, error={"type": "invalid_request_error", "message": words})


def _whole_text(body: Body) -> str:
    return f"Here are three concepts.\n\n```json\n{muse_answer(body)}\n```"


ANTHROPIC: dict[str, Misbehaviour] = {
    # --- how it speaks when all is well
    "calls the tool in pieces": Misbehaviour(says(), 3),
    "calls the tool in crumbs": Misbehaviour(says(chunk=3), 3),
    "calls the tool whole at the end": Misbehaviour(says(chunk=1_000_000), 3),
    "gives the arguments in the block's start": Misbehaviour(says(in_start=True), 3),
    "pings while it reads": Misbehaviour(says(pings=8, comment_pause=0.1), 3),
    "thinks first": Misbehaviour(says(thoughts=LONG_THOUGHT, pings=2), 3),
    "thinks in secret": Misbehaviour(says(redacted=True, pings=4, comment_pause=0.1), 3),
    "speaks before it calls": Misbehaviour(says(preface="I'll propose three concepts {as asked}."), 3),
    "speaks instead of calling": Misbehaviour(
        lambda _: Speech(answer=_whole_text, as_text=True),
        3,
    ),
    "calls a tool of another name": Misbehaviour(says(tool="submit_answer"), 3),
    # --- what it refuses
    "refuses the key": Misbehaviour(refuses(401, "authentication_error", "invalid x-api-key"), "KEY_REFUSED"),
    "refuses what the key may do": Misbehaviour(
        refuses(403, "permission_error", "Your API key does not have permission to use the specified resource."),
        "KEY_REFUSED",
    ),
    "has no such model": Misbehaviour(refuses(404, "not_found_error", "model: claude-sonnet-9"), "MODEL_NOT_FOUND"),
    "has no credit left": Misbehaviour(
        refuses(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        "NO_CREDIT",
    ),
    "finds the prompt too long": Misbehaviour(
        refuses(400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"), "TOO_LONG_TO_READ"
    ),
    "finds prompt and answer too long": Misbehaviour(
        refuses(
            400,
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or "
            "`max_tokens` and try again",
        ),
        "TOO_LONG_TO_READ",
    ),
    "finds the request too large": Misbehaviour(
        refuses(413, "request_too_large", "Request exceeds the maximum size"), "TOO_LONG_TO_READ"
    ),
    "knows no strict tools": Misbehaviour(_strict_refused, 3),
    "takes no forced call": Misbehaviour(_no_forced_call, 3),
    "knows no cache_control": Misbehaviour(_no_caching, 3),
    "writes 8,192 tokens at most": Misbehaviour(_at_most(8_192), 3),
    # --- what goes wrong on the way
    "asks for a pause": Misbehaviour(
        refuses(429, "rate_limit_error", "This request would exceed your rate limit", headers={"retry-after": "0"}),
        "RATE_LIMITED",
    ),
    "is overloaded (529)": Misbehaviour(refuses(529, "overloaded_error", "Overloaded"), "OVERLOADED"),
    "fails each time": Misbehaviour(refuses(500, "api_error", "Internal server error"), "PROVIDER_FAILED"),
    "is overloaded in the middle": Misbehaviour(breaks_off("overloaded_error", "Overloaded"), "OVERLOADED"),
    "is overloaded once in the middle": Misbehaviour(_first_breaks_off("overloaded_error", "Overloaded"), 3),
    "fails in the middle": Misbehaviour(breaks_off("api_error", "Internal server error"), "PROVIDER_FAILED"),
    "cuts the line": Misbehaviour(says(stop_after=200, drop=True), "CONNECTION_LOST"),
    "ends without an end": Misbehaviour(says(stop_after=200, cut=True), "CONNECTION_LOST"),
    "falls silent": Misbehaviour(says(stop_after=200, hang=True), "WENT_SILENT"),
    # --- what the answer is
    "reaches its longest answer": Misbehaviour(says(stop_after=400, finish_reason="length"), "TRUNCATED"),
    "reaches its longest answer in thoughts": Misbehaviour(
        says(thoughts=LONG_THOUGHT, answer=lambda _: "", as_text=True, finish_reason="length"), "TRUNCATED"
    ),
    "declines in words": Misbehaviour(
        says(answer=lambda _: "I can't help with writing this story.", as_text=True), "REFUSED"
    ),
    "stops for a refusal": Misbehaviour(
        says(answer=lambda _: "", as_text=True, stop_reason="refusal"), "CONTENT_FILTERED"
    ),
    "stops for a refusal in the middle": Misbehaviour(says(stop_after=400, stop_reason="refusal"), "CONTENT_FILTERED"),
    "calls with nothing": Misbehaviour(says(answer=lambda _: "{}"), "BROKEN_ANSWER"),
    "says nothing at all": Misbehaviour(says(answer=lambda _: "", as_text=True), "EMPTY"),
}
