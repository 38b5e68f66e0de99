"""What stands before and after the text of a book, and what shops are told of it, as its author says it."""

from typing import Annotated

from genesis_types.text import CleanText
from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _one_line(text: str) -> str:
    return " ".join(text.split())


Line = Annotated[str, Field(max_length=400), CleanText, AfterValidator(_one_line)]
Passage = Annotated[str, Field(max_length=20_000), CleanText]


class BookMatter(BaseModel):
    """Everything is optional; what is empty has no page. Passages: a paragraph for each line.

    `author`: the name on the title page; empty: the account's. `description`: for catalogues, of no page.
    `tells_ai_use`: whether a page at the end says how AI was used, by what is recorded of its chapters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subtitle: Line = ""
    author: Line = ""
    description: Annotated[str, Field(max_length=4_000), CleanText] = ""
    copyright: Passage = ""
    dedication: Passage = ""
    acknowledgements: Passage = ""
    about_author: Passage = ""
    tells_ai_use: bool = False


NO_MATTER = BookMatter()
"""Of a book whose author has said nothing yet."""
