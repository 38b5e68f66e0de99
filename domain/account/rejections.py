"""Why an account's command is refused: the codes, and the sentences that need figures."""

from domain.account.amounts import MAX_AMOUNT, credits_text
from domain.rejections import Refused

INSUFFICIENT_CREDITS = "INSUFFICIENT_CREDITS"
INVALID_AMOUNT = "INVALID_AMOUNT"
INVALID_EXPIRY = "INVALID_EXPIRY"
INVALID_DEADLINE = "INVALID_DEADLINE"
RESERVATION_EXISTS = "RESERVATION_EXISTS"
RESERVATION_NOT_OPEN = "RESERVATION_NOT_OPEN"


def insufficient(needed: int, available: int) -> Refused:
    return Refused(
        INSUFFICIENT_CREDITS,
        f"This may cost up to {credits_text(needed)} credits, and {credits_text(available)} are available. "
        "Ask whoever runs this studio for more, or wait until work in progress has ended and what it holds is free.",
    )


def invalid_amount(amount: int) -> Refused:
    return Refused(
        INVALID_AMOUNT,
        f"An amount is more than nothing and at most {credits_text(MAX_AMOUNT)} credits; "
        f"{credits_text(amount)} is not.",
    )
