"""Keeps a file for readers where it was asked for: what `sessions bible` and `projects export` share."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from infrastructure.exports.books.edition import PLAIN, Edition
from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.programs import RenderFailed
from infrastructure.exports.books.renderer import BookFile, programs_of, render, told_missing
from infrastructure.exports.working_folder import write_whole
from infrastructure.files import cannot_write
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from projections.documents.tree import Document

Format = Annotated[BookFormat, typer.Option("--format", help="What to make.")]
Out = Annotated[Path | None, typer.Option("--out", help="The file to write. Without it: named by the title, here.")]


def made_file(build: Callable[[], Document], file_format: BookFormat, edition: Edition = PLAIN) -> BookFile:
    """Of the document that `build` gives. Raises OperatorError, and as `build` does."""
    try:
        return render(build(), file_format, programs_of(Settings().home), edition)
    except RenderFailed as error:
        raise OperatorError(str(error), error.remedy) from error


def keep_file(
    build: Callable[[], Document], file_format: BookFormat, out: Path | None, of: str, edition: Edition = PLAIN
) -> None:
    """Write the document that `build` gives, in one step, and say where; `of`: which moment it is of.

    Raises OperatorError, and as `build` does.
    """
    home = Settings().home
    made = made_file(build, file_format, edition)
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
    typer.echo(f"{target}: {len(made.data) / 1000:,.0f} kB, {of}.")
    if told := told_missing(made.missing, home / "fonts"):
        typer.echo(told, err=True)
