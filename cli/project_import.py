"""`genesis projects import`: a book that exists already, read from a file, shown, and begun as a project."""

import re
from pathlib import Path
from uuid import UUID, uuid4

import typer
from rich.table import Table
from rich.text import Text

from application.command_results import CommandOutcome, new_stream_id
from application.ports import EventTooNew, StoreUnavailable
from cli.connection import as_json as print_json
from cli.people import People, with_people
from cli.printing import make_console
from cli.progress import progress
from domain.aggregate import Command
from domain.project.import_command import ImportedEntry, ImportProject
from domain.project.titles import LONGEST_TITLE
from domain.rejections import Rejection
from infrastructure.exports.books.programs import RenderFailed
from infrastructure.exports.books.renderer import programs_of
from infrastructure.imports.book import FindingCode, ImportRefused, ReadBook
from infrastructure.imports.packages import LARGEST_FILE
from infrastructure.imports.reading import read_book
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

console = make_console(markup=False)
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")

TOLD: dict[FindingCode, str] = {
    "PICTURES_DROPPED": "Pictures are not kept: {count}.",
    "EMPHASIS_PLAIN": "Italics and bold became plain words: {count} places.",
    "NOTES_AS_TEXT": "Notes stand as text at the end of their chapter: {count}.",
    "TABLES_AS_TEXT": "Tables became lines of text: {count}.",
    "SUBHEADINGS_AS_TEXT": "Headings inside chapters became paragraphs: {count}.",
    "MARKUP_DROPPED": "HTML in the text was left out, its words stayed: {count}.",
    "CONTROL_CHARACTERS": "Characters that cannot be seen were taken out: {count} paragraphs.",
    "ENCODING": "The file's encoding was recognised as {value}.",
    "UNREADABLE_CHARACTERS": "Characters that could not be read: {count}.",
    "CHAPTERS_BY_LINES": "There are no headings; chapters were recognised by their first lines: {count}.",
    "CHAPTERS_BY_PAGES": "There are no headings; chapters were taken to begin on new pages: {count}.",
    "CHAPTERS_BY_BREAKS": "There are no headings; chapters were taken to end at lines of stars: {count}.",
    "ONE_CHAPTER": "No chapters were recognised: all of it is one.",
    "CHAPTERS_SPLIT": "Chapters longer than a chapter can be were divided: {count}.",
    "PARAGRAPHS_SPLIT": "Paragraphs longer than a paragraph can be were divided: {count}.",
    "EMPTY_CHAPTERS": "Chapters without text: {count}.",
    "LEFT_OUT": "Pages that belong to no chapter are left out: {count}.",
    "TITLE_FROM_NAME": "The file names no title: its own name stands for it (--title gives another).",
    "LANGUAGE_ASSUMED": "The language could not be recognised: {value} (--language gives another).",
}


def import_book(
    file: Path, title: str | None, language: str | None, user: str | None, *, yes: bool, as_json: bool
) -> None:
    """Show what is in `file`, and begin a project with it for `user` (None: the owner). Raises OperatorError."""
    if title is not None and not 0 < len(" ".join(title.split())) <= LONGEST_TITLE:
        raise OperatorError("This cannot be a title.", f"Use 1 to {LONGEST_TITLE} characters.", code=2)
    if language is not None and not (len(language) <= 35 and _TAG.fullmatch(language)):
        raise OperatorError("This cannot be a language.", "Use a tag such as en, zh or pt-BR.", code=2)
    book = _read(file)
    if all(one.left_out is not None for one in book.entries):
        raise OperatorError("There are only pages in this file that belong to no chapter.", "Nothing was begun.")
    body = ImportProject.model_validate(
        {
            "title": title or book.title,
            "language": language or book.language,
            "entries": [
                ImportedEntry(kind=one.kind, title=one.title, depth=one.depth, paragraphs=one.paragraphs)
                for one in book.entries
                if one.left_out is None
            ],
        }
    )
    if not as_json:
        _show(book, body)
    if not yes and (as_json or not typer.confirm("Begin the project?", default=True)):
        if as_json:
            print_json(_as_json(book, body, None))
        return
    project_id, owner = _begin(body, user)
    if as_json:
        print_json(_as_json(book, body, project_id))
        return
    typer.echo(f"Project {project_id} of {owner}: {body.title}.")


def _read(file: Path) -> ReadBook:
    path = file.expanduser()
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise OperatorError(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.", "Take pictures out.")
        data = path.read_bytes()
    except OSError as error:
        raise OperatorError(f"The file cannot be read: {error.strerror}.", "Nothing was begun.") from error
    try:
        with progress(f"Reading {file.name}"):
            return read_book(data, path.name, programs_of(Settings().home))
    except ImportRefused as error:
        raise OperatorError(str(error), "Nothing was begun.") from error
    except RenderFailed as error:
        raise OperatorError(str(error), error.remedy) from error


def _show(book: ReadBook, body: ImportProject) -> None:
    table = Table("", "title", "words", "first line", title=Text(f"{body.title} ({body.language})"))
    for one in book.entries:
        sign = "-" if one.left_out else "" if one.kind == "part" else "+"
        first = one.paragraphs[0].replace("\n", " ")[:60] if one.paragraphs else ""
        named = Text("  " * (one.depth - 1) + one.title)
        table.add_row(sign, named, f"{one.words:,}" if one.kind == "chapter" else "", Text(first))
    console.print(table)
    for found in book.findings:
        typer.echo(TOLD[found.code].format(count=f"{found.count:,}", value=found.value))


def _begin(body: ImportProject, name: str | None) -> tuple[UUID, str]:
    async def work(people: People) -> tuple[UUID, str]:
        owner = await people.one_who_may_come_in(name)
        command_id = uuid4()
        command = Command(command_id, new_stream_id(command_id), owner.id, body)
        try:
            done: CommandOutcome = await people.commands.handle(command)
        except Rejection as refused:
            raise OperatorError(refused.message, "Nothing was begun.") from None
        except (TimeoutError, EventTooNew, StoreUnavailable) as error:
            raise OperatorError("The database did not answer.", "`genesis doctor` says more.") from error
        return done.session_id, owner.name

    return with_people(work)


def _as_json(book: ReadBook, body: ImportProject, project_id: UUID | None) -> dict[str, object]:
    """Without the text: whoever asks has the file."""
    return {
        "project_id": project_id,
        "title": body.title,
        "language": body.language,
        "entries": [
            {"kind": one.kind, "title": one.title, "depth": one.depth, "words": one.words, "left_out": one.left_out}
            for one in book.entries
        ],
        "findings": [{"code": one.code, "count": one.count, "value": one.value} for one in book.findings],
    }
