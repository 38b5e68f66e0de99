"""Makes files for readers: one at a time for each of a few threads, never on the event loop, within a time."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infrastructure.exports.books.cover import make_cover
from infrastructure.exports.books.docx import make_docx
from infrastructure.exports.books.edition import PLAIN, Edition, Template
from infrastructure.exports.books.epub import make_epub
from infrastructure.exports.books.formats import BookFormat, file_name
from infrastructure.exports.books.numbering import numbered
from infrastructure.exports.books.pdf import MissingGlyph, make_pdf
from infrastructure.exports.books.plain_formats import make_html, make_markdown
from infrastructure.exports.books.programs import Programs
from projections.documents.tree import Document

AT_ONCE = 2
WAITING = 8
"""Requests that may wait for one of the AT_ONCE; more are told to come back."""


class TooManyRenders(Exception):
    """Everybody's files are being made. The message is a sentence for whoever asked; `retry_after` in seconds."""

    def __init__(self) -> None:
        super().__init__("Many files are being made just now. Ask again in a few seconds.")
        self.retry_after = 5.0


@dataclass(frozen=True, slots=True)
class BookFile:
    """A whole file, the name to keep it under, the characters that it could not show, and the pages of one to print."""

    name: str
    data: bytes
    missing: tuple[MissingGlyph, ...] = ()
    pages: int = 0


def render(
    document: Document, file_format: BookFormat | None, programs: Programs, edition: Edition = PLAIN
) -> BookFile:
    """`file_format` None: its cover alone, as a picture. Equal documents give equal bytes. Raises RenderFailed."""
    if file_format is None:
        cover = make_cover(document, programs, edition)
        return BookFile(f"cover.{cover.suffix}", cover.data, cover.missing)
    if edition.template is Template.ACADEMIC:
        document = numbered(document)
    name = file_name(document.front.name, file_format)
    match file_format:
        case BookFormat.EPUB:
            return BookFile(name, *make_epub(document, programs, edition))
        case BookFormat.DOCX:
            return BookFile(name, make_docx(document, programs, edition))
        case BookFormat.MARKDOWN:
            return BookFile(name, make_markdown(document, programs))
        case BookFormat.HTML:
            return BookFile(name, make_html(document, programs, edition))
        case BookFormat.PDF:
            return BookFile(name, *make_pdf(document, programs, edition))


def programs_of(home: Path) -> Programs:
    """What this installation makes files with; fonts that somebody put into `home`/fonts are used as well."""
    return Programs(fonts=(home / "fonts",))


class Renderer:
    """The files of a process that serves many. A request that is given up leaves its thread to finish or time out."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="render")
        self.running = 0  # and waiting

    async def file(
        self, build: Callable[[], Document], file_format: BookFormat | None, edition: Edition = PLAIN
    ) -> BookFile:
        """Of the document that `build` gives, in a thread. Raises RenderFailed, TooManyRenders, and as `build` does."""
        if self.running >= AT_ONCE + WAITING:
            raise TooManyRenders
        self.running += 1
        made = asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: render(build(), file_format, self.programs, edition)
        )
        made.add_done_callback(self._done)
        return await asyncio.shield(made)

    def _done(self, made: "asyncio.Future[BookFile]") -> None:
        self.running -= 1
        if not made.cancelled():
            made.exception()  # whoever asked may have gone

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def told_missing(missing: Sequence[MissingGlyph], fonts: Path) -> str:
    """A sentence for people on what a PDF shows as a replacement character, and what to do; empty for nothing."""
    if not missing:
        return ""
    some = "; ".join(
        f"{one.characters} ({one.code_points}) in {' and '.join(place or 'the title' for place in one.places)}"
        for one in missing[:_TOLD]
    )
    more = f", and {len(missing) - _TOLD} more" if len(missing) > _TOLD else ""
    return f"No font here has {some}{more}. Put one that has (.ttf, .otf) into {fonts}, and make the file again."


_TOLD = 10
