"""Bounds what one generation may ask of a model. Its writer obeys them, and its price is reckoned by them."""

ASKED_AGAIN = 2
"""How often a model may correct an answer of the wrong shape, within one attempt."""

REQUESTS_PER_ATTEMPT = 1 + ASKED_AGAIN

RETRIES = 3
"""How often a generation that failed is attempted again; the default of async_tasks.max_retries."""

ATTEMPTS = 1 + RETRIES
