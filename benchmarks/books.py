"""Files for readers: processor time of each format for a book of 100,000 words, beside the same of one page."""

import random
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from benchmarks.floor import Row, figure, say, show
from infrastructure.exports.books.edition import Edition, Purpose
from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.programs import Programs
from infrastructure.exports.books.renderer import render
from projections.documents.tree import Document, FrontMatter, Paragraph, Part
from projections.documents.tree import run as text

CHAPTERS = 40
SENTENCE = (
    "the clock had stopped at ten past four and nobody in the harbour could say whether it was morning or night "
    "when Mara came down to the water again with her lamp"
)
EDITIONS = {
    "EPUB with a cover": (BookFormat.EPUB, Edition(cover=True)),
    "PDF to read": (BookFormat.PDF, Edition(cover=True)),
    "PDF to print": (BookFormat.PDF, Edition(purpose=Purpose.PRINT)),
    "DOCX": (BookFormat.DOCX, Edition()),
    "Markdown": (BookFormat.MARKDOWN, Edition()),
    "HTML": (BookFormat.HTML, Edition()),
}


def book(words: int) -> Document:
    """Of so many words in CHAPTERS chapters, the same each time."""
    chance, known = random.Random(1), SENTENCE.split()

    def paragraphs() -> Iterator[Paragraph]:
        left = words // CHAPTERS
        while left > 0:
            length = min(left, chance.randint(20, 120))
            left -= length
            yield Paragraph(text(" ".join(chance.choice(known) for _ in range(length)) + "."))

    front = FrontMatter(
        title="The Salt Clock",
        subtitle="",
        facts=(),
        contents=text("Contents"),
        description="",
        language="en",
        identifier="urn:uuid:00000000-0000-4000-8000-000000000001",
        date=datetime(2026, 3, 1, tzinfo=UTC),
        author="Mara Vance",
    )
    return Document(
        front, tuple(Part(text(f"{n}"), tuple(paragraphs())) for n in range(1, CHAPTERS + 1)), new_pages=True
    )


def spent(work: Callable[[], object]) -> float:
    """Seconds of processor time, of this process and of the programs that it ran."""

    def so_far() -> float:
        own, programs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + programs.ru_utime + programs.ru_stime

    began = so_far()
    work()
    return so_far() - began


def run_one(document: Document, file_format: BookFormat, edition: Edition, rounds: int) -> float:
    return min(spent(lambda: render(document, file_format, Programs(), edition)) for _ in range(rounds))


def run(quick: bool = False) -> list[Row]:
    rounds = 1 if quick else 3
    small, large = book(CHAPTERS), book(100_000)
    rows = []
    for name, (file_format, edition) in EDITIONS.items():
        say(name)
        started = run_one(small, file_format, edition, rounds)
        whole = run_one(large, file_format, edition, rounds)
        rows.append(
            figure(f"{name}: beyond the programs' own start, of {whole:.2f} s", whole - started, "s", bar="< 2")
        )
    return rows


if __name__ == "__main__":
    show(__doc__ or "", run("--quick" in sys.argv))
