"""What went wrong with a model, as a code.

No provider's text is passed on: error bodies quote prompts, and some quote keys. Their words only decide the code.
"""

import re

from pydantic_ai import exceptions as ai

from application.writers import WriterError
from infrastructure.writers.model.causes import is_retryable, sentence
from infrastructure.writers.model.http import Seen
from infrastructure.writers.model.link_local import LinkLocalRefused

PASSING = frozenset({"RATE_LIMITED", "OVERLOADED", "PROVIDER_FAILED", "CONNECTION_LOST", "UNREACHABLE"})
"""What may be over after a pause."""

PLAIN = frozenset({"TOO_LONG_TO_READ", "MODEL_NOT_FOUND", "NO_CREDIT", "CONTENT_FILTERED", "OVERLOADED"})
"""Refusals that are not about the form, whatever else their words name."""

OF_THE_ANSWER = frozenset({"TRUNCATED", "REPEATED_ITSELF", "BROKEN_ANSWER", "EMPTY", "WRONG_LANGUAGE"})
"""What another way of asking may mend."""

_CONTEXT = (
    r"context.{0,40}(length|size|window|exceed|limit|overflow)|exceeds? the available context|n_ctx|num_ctx"
    r"|(prompt|input|request|messages?)[^.]{0,40}too (long|large)|maximum (context|input)|too many (input )?tokens"
    r"|reduce the length|context_length_exceeded|exceed_context_size|max_model_len|longer than the maximum"
)
_WORDS: tuple[tuple[str, str], ...] = (
    ("TOO_LONG_TO_READ", _CONTEXT),
    ("NO_CREDIT", r"insufficient[_ ](quota|balance|credit|funds)|exceeded your current quota|billing|out of credits?"),
    ("NO_CREDIT", r"credit balance|payment required|spend limit"),
    ("CONTENT_FILTERED", r"content[_ -]?(filter|policy|management)|responsible ai|safety (system|filter|policy)"),
    ("OVERLOADED", r"overloaded|over capacity|too busy|server busy|model is (currently )?loading|loading model"),
    ("KEY_REFUSED", r"(invalid|incorrect|missing|expired)[^.]{0,20}(api[_ -]?key|x-api-key|token)|unauthorized"),
    ("MODEL_NOT_FOUND", r"model[^.]{0,80}(not found|does not exist|doesn't exist|not exist|unknown|not loaded)"),
    (
        "MODEL_NOT_FOUND",
        r"not_found_error\W+message\W+model:|model_not_found|no such model|unknown model|try pulling it",
    ),
)
_DECLINED = re.compile(
    r"^\W*(i('|’)m (really |very )?sorry|sorry,|i apologi[sz]e|i can(no|')?t |i can’t |i am (unable|not able)"
    r"|i won('|’)t |as an ai|i must decline|对不起|抱歉|很抱歉|我无法|我不能|作为一个?ai)",
    re.IGNORECASE,
)


def problem(code: str) -> WriterError:
    """The WriterError of a code in causes.py."""
    return WriterError(code, sentence(code), retryable=is_retryable(code))


def declines(text: str) -> bool:
    """Whether a model's words, in place of a proposal, say that it will not write it."""
    return _DECLINED.match(text.strip()) is not None


def cause(error: BaseException, seen: Seen, *, heard: bool) -> str:
    """The code of a failed request. `heard`: some of an answer had come already."""
    if isinstance(_root(error), LinkLocalRefused):
        return "ADDRESS_LINK_LOCAL"
    words = seen.words or f"{error}".lower() if isinstance(error, ai.ModelAPIError) else seen.words
    if seen.status == 407 or seen.proxied or "proxy" in type(_root(error)).__name__.lower():
        return "PROXY_IN_THE_WAY"
    if seen.page and (seen.status is None or seen.status < 500):
        return "KEY_REFUSED" if seen.status in (401, 403) else "WEB_PAGE"
    if seen.page and seen.status in (502, 504):
        return "PROXY_IN_THE_WAY" if "proxy" in seen.words else "PROVIDER_FAILED"
    for code, pattern in _WORDS:
        if seen.status not in (None, 200) and re.search(pattern, words):
            return code
    if seen.status is not None and seen.status >= 400:
        return _by_status(seen.status)
    return _by_kind(error, words, heard)


def _by_kind(error: BaseException, words: str, heard: bool) -> str:
    match error:
        case ai.ModelTimeoutError() | ai.ModelRequestTimeout() | TimeoutError():
            return "TIMED_OUT"
        case ai.ModelConnectionError():
            return "CONNECTION_LOST" if heard else "UNREACHABLE"
        case ai.ContentFilterError():
            return "CONTENT_FILTERED"
        case ai.ModelHTTPError():
            return next((code for code, pattern in _WORDS if re.search(pattern, words)), _by_status(error.status_code))
        case ai.UnexpectedModelBehavior():
            return "BROKEN_ANSWER" if heard else "EMPTY"
        case ai.ModelAPIError():
            said = next((code for code, pattern in _WORDS if re.search(pattern, words)), None)
            return said or ("CONNECTION_LOST" if heard else "UNREACHABLE")
        case UnicodeError():
            return "KEY_MALFORMED"
        case _ if _is_transport(error):
            # a stream that breaks off may surface as the HTTP library's own error
            return "CONNECTION_LOST" if heard else "UNREACHABLE"
        case _:
            return "MODEL_FAILED"


def _by_status(status: int) -> str:
    known = {
        401: "KEY_REFUSED",
        402: "NO_CREDIT",
        403: "KEY_REFUSED",
        404: "WRONG_ADDRESS",
        405: "WRONG_ADDRESS",
        408: "TIMED_OUT",
        413: "TOO_LONG_TO_READ",
        429: "RATE_LIMITED",
        529: "OVERLOADED",
    }
    return known.get(status, "PROVIDER_FAILED" if status >= 500 else "REQUEST_REFUSED")


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _is_transport(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2", "openai", "anthropic")
