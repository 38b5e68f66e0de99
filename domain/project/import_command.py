"""Asks for a project that begins with a text which exists already: parts and chapters, paragraph by paragraph."""

from typing import Annotated, ClassVar, Literal

from genesis_types.enums import ProjectCommandType
from genesis_types.text import CleanText
from pydantic import BaseModel, ConfigDict, Field

from domain.aggregate import Body
from domain.genesis.commands import LanguageTag
from domain.project.titles import Title

MOST_PARAGRAPHS = 10_000
LONGEST_PARAGRAPH = 50_000
"""Characters; both as a chapter takes them."""

MOST_IMPORTED = 2_000
DEEPEST = 7

ImportedParagraph = Annotated[str, Field(min_length=1, max_length=LONGEST_PARAGRAPH), CleanText]


class ImportedEntry(BaseModel):
    """A part or a chapter, with its text. `depth`: 1 at the top; it stands under the last part above that is less deep.

    A part has no text of its own. A paragraph that is `***` and nothing else is a scene break.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["part", "chapter"]
    title: Title
    depth: Annotated[int, Field(ge=1, le=DEEPEST)] = 1
    paragraphs: Annotated[tuple[ImportedParagraph, ...], Field(max_length=MOST_PARAGRAPHS)] = ()


class ImportProject(Body):
    """A project with these chapters, each with its text and the status written: all of it at once, or nothing."""

    command_type: ClassVar = ProjectCommandType.IMPORT_PROJECT
    title: Title
    language: LanguageTag = "en"
    entries: Annotated[tuple[ImportedEntry, ...], Field(min_length=1, max_length=MOST_IMPORTED)]
