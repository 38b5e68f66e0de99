"""`genesis sessions bible`: what a session has confirmed, as a file for readers. Only reads the database."""

from cli.ids import Session
from cli.made_files import Format, Out, keep_file
from cli.moments import AtTime, AtVersion, moment_of, shown_at
from infrastructure.exports.books.formats import BookFormat
from infrastructure.operator_error import OperatorError
from projections.genesis.bible.bible import NothingConfirmed
from projections.genesis.bible.bible import bible as document_of


def bible(
    session: Session,
    *,
    file_format: Format = BookFormat.EPUB,
    out: Out = None,
    at_version: AtVersion = None,
    at: AtTime = None,
) -> None:
    """The story bible: everything that is confirmed, as EPUB, PDF, DOCX, Markdown or HTML.

    The same moment gives the same bytes. An existing file of this name is replaced, in one step.
    """
    found = shown_at(session, moment_of(at_version, at))
    try:
        keep_file(
            lambda: document_of(found.state, found.recorded_at), file_format, out, f"as of version {found.version}"
        )
    except NothingConfirmed as error:
        raise OperatorError(str(error)) from error
