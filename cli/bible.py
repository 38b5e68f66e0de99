"""`genesis sessions bible`: what a session has confirmed, as a file for readers. Only reads the database."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from cli.past import AtTime, AtVersion, moment_of, shown_at
from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.programs import RenderFailed
from infrastructure.exports.books.renderer import programs_of, render, told_missing
from infrastructure.exports.working_folder import write_whole
from infrastructure.files import cannot_write
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from projections.genesis.bible.bible import NothingConfirmed
from projections.genesis.bible.bible import bible as document_of

Session = Annotated[UUID, typer.Argument(help="The session's id; it stands in its address on the page.")]


def bible(
    session: Session,
    *,
    file_format: Annotated[BookFormat, typer.Option("--format", help="What to make.")] = BookFormat.EPUB,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write. Without it: named by the title, here.")
    ] = None,
    at_version: AtVersion = None,
    at: AtTime = None,
) -> None:
    """The story bible: everything that is confirmed, as EPUB, PDF, DOCX, Markdown or HTML.

    The same moment gives the same bytes. An existing file of this name is replaced, in one step.
    """
    found = shown_at(session, moment_of(at_version, at))
    home = Settings().home
    try:
        made = render(document_of(found.state, found.recorded_at), file_format, programs_of(home))
    except NothingConfirmed as error:
        raise OperatorError(str(error)) from error
    except RenderFailed as error:
        raise OperatorError(str(error), error.remedy) from error
    target = (out or Path(made.name)).expanduser().absolute()
    try:
        write_whole(target, made.data)
    except OSError as error:
        raise cannot_write(
            "file",
            target,
            error,
            when_full="Make room, or write it elsewhere with --out.",
            remedy="Name another place with --out.",
        ) from error
    typer.echo(f"{target}: {len(made.data) / 1000:,.0f} kB, as of version {found.version}.")
    if told := told_missing(made.missing, home / "fonts"):
        typer.echo(told, err=True)
