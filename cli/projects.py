"""`genesis projects`: the books that are being written, each as a file for readers; and books that begin with one."""

import importlib
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from cli.connection import as_json as print_json
from cli.ids import id_from
from cli.made_files import Format, Out, keep_file, made_file
from cli.moments import AsJson, read
from cli.printing import make_console
from cli.project_argument import Project
from cli.project_check import check
from infrastructure.exports.books.edition import Edition, Purpose, Template, Trim
from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.preflight import preflight
from infrastructure.exports.books.shops import SHOPS, Shop, edition_for
from infrastructure.identity.passwords import name_key
from infrastructure.operator_error import OperatorError
from projections.project.book import NoSuchChapter, NothingWritten, book, empty_chapters
from projections.project.book_queries import read_book
from projections.project.operator_queries import newest_projects

app = typer.Typer(
    help="Books that are being written: the list, what contradicts itself, what a shop would miss, each as a file; "
    "and a file that holds a book as a project.",
    no_args_is_help=True,
)
app.command()(check)
console = make_console(markup=False)

Chapters = Annotated[
    list[UUID] | None,
    typer.Option(
        "--chapter", parser=id_from("projects list"), help="Only this chapter, by its id; as often as needed."
    ),
]

Look = Annotated[Template, typer.Option("--template", help="How it looks.")]
Page = Annotated[Trim, typer.Option("--trim", help="The page of a PDF.")]


@app.command("list")
def list_(
    user: Annotated[str | None, typer.Option("--user", help="Only this person's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """The books of everybody, the last changed first."""
    key = None if user is None else name_key(user)
    found = read(lambda connection: newest_projects(connection, key, limit))
    if as_json:
        print_json([one.item.model_dump(mode="json") | {"owner": one.owner} for one in found])
        return
    table = Table("project", "title", "whose", "chapters", "words", "version", "last event")
    for one in found:
        item = one.item
        counts = (f"{count:,}" for count in (item.chapters, item.words, item.version))
        table.add_row(str(item.id), Text(item.title), one.owner, *counts, f"{item.last_event_at:%Y-%m-%d %H:%M:%S}")
    console.print(table)


@app.command()
def export(
    project: Project,
    *,
    file_format: Format = BookFormat.EPUB,
    chapter: Chapters = None,
    with_empty: Annotated[bool, typer.Option("--with-empty", help="With the titles of what has no text yet.")] = False,
    template: Look = Template.STANDARD,
    purpose: Annotated[Purpose, typer.Option("--for", help="A PDF to read, or to print.")] = Purpose.READING,
    trim: Page = Trim.US_6X9,
    cover: Annotated[bool, typer.Option(help="A cover in an EPUB and in a PDF to read.")] = True,
    bleed: Annotated[bool, typer.Option(help="Bleed around the page of a PDF to print.")] = True,
    out: Out = None,
) -> None:
    """What is written of a book, as EPUB, PDF, DOCX, Markdown or HTML.

    The same text gives the same bytes. An existing file of this name is replaced, in one step.
    """
    only = frozenset(chapter or ())
    text = read(lambda connection: read_book(connection, project, None, only))
    if text is None:
        raise OperatorError("There is no such project.", "`genesis projects list` names those that there are.")
    try:
        keep_file(
            lambda: book(text, only, with_empty=with_empty),
            file_format,
            out,
            f"contents of version {text.version}",
            Edition(template, purpose, trim, cover=cover, bleed=bleed),
        )
    except NoSuchChapter as error:
        raise OperatorError(
            "There is no such chapter in this book.", "Its id stands in its address on the page."
        ) from error
    except NothingWritten as error:
        raise OperatorError(str(error)) from error


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A DOCX, an EPUB, Markdown or plain text.", readable=False)],
    *,
    title: Annotated[str | None, typer.Option(help="The book's title, instead of the file's.")] = None,
    language: Annotated[
        str | None, typer.Option(help="The text's language (BCP 47), if it was not recognised.")
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", help="Whose book it is; the owner's if nobody is named.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Begin the project without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON; only what was read, unless --yes.")] = False,
) -> None:
    """Read a book that exists already into chapters, show them, and begin a project with them: whole or not at all."""
    # it appends, which nothing else here does: loaded when it is asked for
    importlib.import_module("cli.project_import").import_book(file, title, language, user, yes=yes, as_json=as_json)


@app.command("preflight")
def preflight_(
    project: Project,
    shop: Annotated[Shop, typer.Option("--shop", help="Whose demands the book is held against.")] = Shop.ANY,
    template: Look = Template.STANDARD,
    trim: Page = Trim.US_6X9,
    as_json: AsJson = False,
) -> None:
    """What a shop would miss in a book, each with its mend. Ends with 1 where the shop would refuse it."""
    text = read(lambda connection: read_book(connection, project, None))
    if text is None:
        raise OperatorError("There is no such project.", "`genesis projects list` names those that there are.")
    edition, demands = edition_for(shop, Edition(template, trim=trim)), SHOPS[shop]
    try:
        document = book(text)
    except NothingWritten as error:
        raise OperatorError(str(error)) from error
    made = made_file(lambda: document, demands.format, edition)
    faults = preflight(document, empty_chapters(text), made, shop, edition)
    if as_json:
        print_json(
            [
                {"code": one.code, "severity": one.severity, "message": one.message, "mend": one.mend}
                | {"places": list(one.places)}
                for one in faults
            ]
        )
    for one in () if as_json else faults:
        where = f" In: {'; '.join(one.places)}." if one.places else ""
        typer.echo(f"{one.severity}: {one.message}{where} {one.mend}")
    if any(one.severity == "error" for one in faults):
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"Ready for {demands.name}.")
