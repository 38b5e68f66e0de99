"""Says what went wrong with a model: by code, one sentence with what to do, and whether trying again may help.

Settings are named as the environment names them; where a connection is stored, its page is named instead.
"""

import re

_SAFE = "Everything you confirmed is safe"

_SENTENCES: dict[str, tuple[str, bool]] = {
    "RATE_LIMITED": (f"The model's provider asks for a pause. {_SAFE}; wait a minute, then try again.", True),
    "OVERLOADED": (f"The model's provider is overloaded just now. {_SAFE}; try again in a few minutes.", True),
    "MODEL_LOADING": (
        f"The model's server runs, and is still loading the model. {_SAFE}; wait until it has, then try again.",
        True,
    ),
    "NO_CREDIT": (f"The model's account has no credit or quota left. {_SAFE}; top it up, then try again.", False),
    "KEY_REFUSED": (
        f"The model's provider refused the key. {_SAFE}; check GENESIS_MODEL_API_KEY and what it may do.",
        False,
    ),
    "KEY_MALFORMED": (
        f"The model's key has characters that no key can have, such as a line break or a long dash. {_SAFE}; "
        "copy the key again.",
        False,
    ),
    "MODEL_NOT_FOUND": (
        f"There is no such model at this address. {_SAFE}; check GENESIS_MODEL and GENESIS_MODEL_BASE_URL.",
        False,
    ),
    "WRONG_ADDRESS": (
        "The address of the model answers, but there is no model's interface at it. "
        f"{_SAFE}; check GENESIS_MODEL_BASE_URL: most servers want /v1 at its end.",
        False,
    ),
    "WEB_PAGE": (
        f"The address of the model shows a web page, not a model's interface. {_SAFE}; check "
        "GENESIS_MODEL_BASE_URL: the interface often has /v1 at its end, and a sign-in page may stand before it.",
        False,
    ),
    "PROXY_IN_THE_WAY": (
        f"A proxy stands between the studio and the model and does not let it through. {_SAFE}; check HTTPS_PROXY, "
        "ALL_PROXY and NO_PROXY.",
        True,
    ),
    "TOO_LONG_TO_READ": (
        f"The material is longer than this model can read. {_SAFE}; give the model a larger context (Ollama: num_ctx, "
        "llama.cpp: --ctx-size), or use a model with more room.",
        False,
    ),
    "DOES_NOT_FIT": (
        f"The material of this stage is longer than the model can read, so nothing was sent. {_SAFE}; give the model a "
        "larger context and say so in GENESIS_MODEL_CONTEXT_TOKENS, ask for fewer details, or use another model.",
        False,
    ),
    "REQUEST_REFUSED": (f"The model's server does not take what it was asked. {_SAFE}; try another model.", False),
    "CONTENT_FILTERED": (
        f"The filter of the model's provider held the text back. {_SAFE}; word it otherwise, or use another model.",
        False,
    ),
    "REFUSED": (f"The model declined to write this. {_SAFE}; word it otherwise, or use another model.", False),
    "WRONG_LANGUAGE": (f"The model kept writing in another language. {_SAFE}; use a model that knows yours.", True),
    "PROVIDER_FAILED": (f"The model's provider had a failure of its own. {_SAFE}; try again in a while.", True),
    "UNREACHABLE": (f"The model cannot be reached. {_SAFE}; check that its server runs, and its address.", True),
    "CONNECTION_LOST": (f"The connection broke off while the model was writing. {_SAFE}; try again.", True),
    "TIMED_OUT": (
        f"The model did not finish in time. {_SAFE}; try again, or allow it more in GENESIS_MODEL_TIMEOUT_SECONDS.",
        True,
    ),
    "NO_FIRST_WORD": (
        f"The model had not begun to write when its time was over. {_SAFE}; it may still be loading: try again, or "
        "use a smaller one.",
        True,
    ),
    "WENT_SILENT": (f"The model stopped in the middle and said no more. {_SAFE}; try again.", True),
    "TRUNCATED": (
        f"The model reached its longest answer before the end, so nothing of it was taken. {_SAFE}; "
        "ask for fewer proposals, or use a model that may write more.",
        False,
    ),
    "REPEATED_ITSELF": (
        f"The model wrote the same words over and over and was stopped. {_SAFE}; try again, or use a larger model.",
        True,
    ),
    "BROKEN_ANSWER": (f"The model's answer did not have the shape of this stage. {_SAFE}; try again.", True),
    "EMPTY": (f"The model answered with nothing. {_SAFE}; try again.", True),
    "MODEL_FAILED": (f"The model could not be used. {_SAFE}; try again, or use another model.", True),
    "KEY_MISSING": (f"The model needs a key. {_SAFE}; give it one on the page Models.", False),
    "KEY_UNREADABLE": (
        f"The model's key was stored with another secret key than this machine has. {_SAFE}; enter it again on the "
        "page Models, or put back GENESIS_SECRET_KEY or the file secret.key.",
        False,
    ),
    "PRICE_UNKNOWN": (
        f"Nobody knows what the model costs, and proposals are paid with credits here. {_SAFE}; enter its prices on "
        "the page Models (0 if it is free), or use another model.",
        False,
    ),
    "PRICE_ROSE": (
        f"The model may cost more than what was reserved when it was asked for. {_SAFE}; ask again.",
        False,
    ),
    "ADDRESS_NOT_ALLOWED": (
        f"The address of the model may not be called from here. {_SAFE}; check it on the page Models, or have the "
        "owner of this studio keep the model.",
        False,
    ),
    "ADDRESS_LINK_LOCAL": (
        "The address of the model leads into this machine's own network, where no model answers and clouds keep their "
        f"secrets, so nothing was sent. {_SAFE}; check GENESIS_MODEL_BASE_URL.",
        False,
    ),
    "MODEL_MISCONFIGURED": (f"The model cannot be set up. {_SAFE}; check it on the page Models.", False),
}

_TESTED = {
    "TOO_LONG_TO_READ": "The model can read less than a small question takes. Give it a larger context (Ollama: "
    "num_ctx, llama.cpp: --ctx-size), or use a model with more room.",
    "CONNECTION_LOST": "The connection broke off while the model was answering. Check that its server still runs, then "
    "try again.",
}
"""Of what is said otherwise when a model was only tested."""

_STORED = (
    ("check GENESIS_MODEL_API_KEY and what it may do", "check its key on the page Models, and what it may do"),
    ("GENESIS_MODEL and GENESIS_MODEL_BASE_URL", "its name and its address on the page Models"),
    ("in GENESIS_MODEL_CONTEXT_TOKENS", "on the page Models"),
    ("GENESIS_MODEL_BASE_URL", "its address on the page Models"),
)
_LOADING = re.compile(
    r"loading (the )?model|model[^.]{0,120} is (currently |still )?(loading|being loaded)|still (being loaded|loading)"
)
_SAID = re.compile(rf"{_SAFE}[;:] (\w)")


def sentence(code: str, *, stored: bool = False, tested: bool = False) -> str:
    """`stored`: of a connection that is kept, `tested`: where nothing was asked for, so that nothing can be lost."""
    text = _SENTENCES.get(code, _SENTENCES["MODEL_FAILED"])[0]
    text = _TESTED.get(code, text) if tested else text
    if stored:
        for setting, place in _STORED:
            text = text.replace(setting, place)
    if not tested:
        return text
    # whoever tests it is on that page
    return _SAID.sub(lambda found: found[1].upper(), text).replace(" on the page Models", "")


def says_loading(words: str) -> bool:
    """Whether a refusal, in lower case, says that the server has not loaded its model yet."""
    return _LOADING.search(words) is not None


def is_known(code: str) -> bool:
    return code in _SENTENCES


def is_retryable(code: str) -> bool:
    return _SENTENCES[code][1]
