"""Amounts convert between the smallest unit, which is stored and reckoned with, and the credits that people read.

The smallest unit is one millionth of a US dollar of provider cost; a million of them are one credit.
"""

from decimal import Decimal, InvalidOperation

MICRO = 1_000_000
MAX_AMOUNT = 2**53
"""Every integer up to here is exact in JSON as browsers read it (IEEE 754 doubles)."""


def credits_text(amount: int) -> str:
    """`amount` of the smallest unit in credits, exact, with at least two decimals: 1500000 -> "1.50"."""
    whole, rest = divmod(abs(amount), MICRO)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if amount < 0 else ''}{whole}.{decimals}"


def parse_credits(text: str) -> int:
    """Credits as a person types them, in the smallest unit. Raises ValueError with a sentence.

    Zero and negative amounts parse: whether one makes sense is decided where it is used.
    """
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"“{text}” is not an amount of credits; write a number such as 5 or 2.50.") from None
    if not value.is_finite() or abs(value) > MAX_AMOUNT // MICRO:
        raise ValueError(f"“{text}” is beyond what an account can hold ({MAX_AMOUNT // MICRO} credits).")
    scaled = value * MICRO
    if scaled != scaled.to_integral_value():
        raise ValueError(f"“{text}” has more than six decimals; the smallest amount is 0.000001 credits.")
    return int(scaled)
