"""What POST /projects/import answers: what was read of a file, entry by entry, with what its author has to be told."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from infrastructure.imports.book import FindingCode, LeftOut, ReadBook


class ImportPreviewEntry(BaseModel):
    """A part or a chapter, as IMPORT_PROJECT takes it, and what is to be known of it before."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["part", "chapter"]
    title: str
    depth: int
    paragraphs: tuple[str, ...]
    words: int
    left_out: Annotated[LeftOut | None, Field(description="Why it is better left out; null: it belongs to the book.")]


class ImportFinding(BaseModel):
    """`value`: the name of an encoding or a language. No text of the file."""

    model_config = ConfigDict(frozen=True)

    code: FindingCode
    count: int
    value: str


class ImportPreview(BaseModel):
    """Nothing of it is stored: IMPORT_PROJECT with the entries that are wanted makes the project."""

    model_config = ConfigDict(frozen=True)

    title: str
    language: str
    entries: tuple[ImportPreviewEntry, ...]
    findings: tuple[ImportFinding, ...]


def preview(book: ReadBook) -> ImportPreview:
    return ImportPreview(
        title=book.title,
        language=book.language,
        entries=tuple(
            ImportPreviewEntry(
                kind=one.kind,
                title=one.title,
                depth=one.depth,
                paragraphs=one.paragraphs,
                words=one.words,
                left_out=one.left_out,
            )
            for one in book.entries
        ),
        findings=tuple(ImportFinding(code=one.code, count=one.count, value=one.value) for one in book.findings),
    )
