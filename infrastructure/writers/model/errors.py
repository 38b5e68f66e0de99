"""What went wrong with a model, as the writer is told it: a code, what to do, and whether trying again may help.

No provider's text is passed on: error bodies quote prompts, and some quote keys.
"""

from pydantic_ai import exceptions as ai

from application.writers import WriterError

_SAFE = "Everything you confirmed is safe"

_SENTENCES: dict[str, tuple[str, bool]] = {
    "RATE_LIMITED": (f"The model's provider asks for a pause. {_SAFE}; wait a minute, then try again.", True),
    "NO_CREDIT": (f"The model's account has no credit or quota left. {_SAFE}; top it up, then try again.", False),
    "KEY_REFUSED": (
        f"The model's provider refused the key. {_SAFE}; check GENESIS_MODEL_API_KEY and what it may do.",
        False,
    ),
    "MODEL_NOT_FOUND": (
        f"There is no such model at this address. {_SAFE}; check GENESIS_MODEL and GENESIS_MODEL_BASE_URL.",
        False,
    ),
    "TOO_LONG_TO_READ": (
        f"The material is longer than this model can read. {_SAFE}; use a model with more room.",
        False,
    ),
    "REQUEST_REFUSED": (
        f"The model's provider refused the request. {_SAFE}; check that the model can call tools.",
        False,
    ),
    "CONTENT_FILTERED": (f"The model's provider declined to write this. {_SAFE}; word it otherwise.", False),
    "PROVIDER_FAILED": (f"The model's provider had a failure of its own. {_SAFE}; try again in a while.", True),
    "UNREACHABLE": (f"The model cannot be reached. {_SAFE}; check that its server runs, and its address.", True),
    "CONNECTION_LOST": (f"The connection broke off while the model was writing. {_SAFE}; try again.", True),
    "TIMED_OUT": (
        f"The model did not finish in time. {_SAFE}; try again, or allow it more in GENESIS_MODEL_TIMEOUT_SECONDS.",
        True,
    ),
    "WENT_SILENT": (f"The model stopped in the middle and said no more. {_SAFE}; try again.", True),
    "TRUNCATED": (
        f"The model reached its longest answer before the end, so nothing of it was taken. {_SAFE}; "
        "ask for fewer proposals, or use a model that may write more.",
        False,
    ),
    "BROKEN_ANSWER": (f"The model's answer did not have the shape of this stage. {_SAFE}; try again.", True),
    "EMPTY": (f"The model answered with nothing. {_SAFE}; try again.", True),
    "MODEL_FAILED": (f"The model could not be used. {_SAFE}; try again, or use another model.", True),
}


def problem(code: str) -> WriterError:
    """The WriterError of a code above."""
    sentence, retryable = _SENTENCES[code]
    return WriterError(code, sentence, retryable=retryable)


def understood(error: Exception, *, heard: bool) -> WriterError:
    """What a failure of the AI library means. `heard`: some of an answer had come already."""
    return problem(_code(error, heard))


def _code(error: Exception, heard: bool) -> str:
    match error:
        case ai.ModelTimeoutError() | ai.ModelRequestTimeout() | TimeoutError():
            return "TIMED_OUT"
        case ai.ModelConnectionError():
            return "CONNECTION_LOST" if heard else "UNREACHABLE"
        case ai.ModelQuotaExceededError():
            return "NO_CREDIT"
        case ai.ModelRateLimitError():
            return "RATE_LIMITED"
        case ai.ModelAuthenticationError():
            return "KEY_REFUSED"
        case ai.ModelNotFoundError():
            return "MODEL_NOT_FOUND"
        case ai.ModelContextWindowExceededError():
            return "TOO_LONG_TO_READ"
        case ai.ModelUnavailableError() | ai.ModelServerError():
            return "PROVIDER_FAILED"
        case ai.ModelRequestRejectedError():
            return "REQUEST_REFUSED"
        case ai.ModelHTTPError():
            return _by_status(error.status_code)
        case ai.ContentFilterError():
            return "CONTENT_FILTERED"
        case ai.OutputTokenLimitExceeded():
            return "TRUNCATED"
        case ai.UnexpectedModelBehavior():
            return "BROKEN_ANSWER" if heard else "EMPTY"
        case ai.ModelAPIError():
            return "CONNECTION_LOST" if heard else "UNREACHABLE"
        case _:
            return "CONNECTION_LOST" if _is_transport(error) and heard else "MODEL_FAILED"


def _by_status(status: int) -> str:
    known = {401: "KEY_REFUSED", 403: "KEY_REFUSED", 404: "MODEL_NOT_FOUND", 408: "TIMED_OUT", 429: "RATE_LIMITED"}
    return known.get(status, "PROVIDER_FAILED" if status >= 500 else "REQUEST_REFUSED")


def _is_transport(error: Exception) -> bool:
    """A stream that breaks off may surface as the HTTP library's own error."""
    return type(error).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2", "openai", "anthropic")
