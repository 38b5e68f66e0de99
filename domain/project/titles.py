"""The titles of books and of their entries: one line, never blank."""

from typing import Annotated

from genesis_types.text import CleanText
from pydantic import AfterValidator, Field

LONGEST_TITLE = 500


def one_line(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise ValueError("must not be blank")
    return text


Title = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE), CleanText, AfterValidator(one_line)]
