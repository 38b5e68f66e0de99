"""What makes files is missing, killed, stuck or busy: a sentence each time, and the event loop goes on."""

import asyncio
import sys
import time
from datetime import UTC, datetime

import pytest

from infrastructure.exports.books.formats import BookFormat
from infrastructure.exports.books.programs import Programs, RenderFailed
from infrastructure.exports.books.renderer import AT_ONCE, WAITING, Renderer, TooManyRenders, render
from projections.documents.tree import Document, FrontMatter, Paragraph, Part, run
from tests.support.reading import eventually

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
FRONT = FrontMatter("T", "S", (), run("Contents"), "", "en", "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", MOMENT)
DOCUMENT = Document(FRONT, (Part(run("One"), (Paragraph(run("Secret words.")),)),))

BROKEN: dict[str, tuple[tuple[str, ...], str]] = {
    "missing": (("/nonexistent/program",), "is not installed here"),
    "not executable": (("/etc/hostname",), "could not be started"),
    "killed": (("/bin/sh", "-c", "kill -9 $$"), r"was ended \(signal 9\)"),
    "failed": (("/bin/sh", "-c", "cat >/dev/null; echo Secret words. >&2; exit 3"), r"exit code 3"),
    "silent": (("/bin/sh", "-c", "cat >/dev/null"), "could not make the file"),
    "no typst": ((sys.executable, "-I", "-c", "raise SystemExit(78)"), "is not installed here"),
}


@pytest.mark.parametrize("file_format", [BookFormat.EPUB, BookFormat.PDF])
@pytest.mark.parametrize("how", BROKEN)
def test_a_program_that_fails_is_said_in_a_sentence_without_the_text(how: str, file_format: BookFormat) -> None:
    command, sentence = BROKEN[how]
    with pytest.raises(RenderFailed, match=sentence) as failed:
        render(DOCUMENT, file_format, Programs(pandoc=command, typst=command))
    assert "Secret" not in str(failed.value)
    if "installed" in sentence:
        assert ".venv/bin/pip install" in failed.value.remedy


def test_a_program_that_is_stuck_is_ended() -> None:
    # sh takes what pandoc would be told for its own arguments
    stuck = Programs(pandoc=("/bin/sh", "-c", "exec sleep 600", "sh"), seconds=0.3)
    began = time.monotonic()
    with pytest.raises(RenderFailed, match="took longer"):
        render(DOCUMENT, BookFormat.EPUB, stuck)
    assert time.monotonic() - began < 60


async def test_more_than_a_few_at_once_are_told_to_come_back_and_the_loop_goes_on() -> None:
    hanging = Programs(pandoc=("/bin/sh", "-c", "exec sleep 600", "sh"), seconds=1.5)
    renderer = Renderer(hanging)
    asked = [asyncio.create_task(renderer.file(lambda: DOCUMENT, BookFormat.EPUB)) for _ in range(AT_ONCE + WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyRenders, match="Ask again"):
        await renderer.file(lambda: DOCUMENT, BookFormat.EPUB)
    renderer.close()  # what waits is given up, what runs ends by itself
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, RenderFailed) for one in ended) == AT_ONCE
    assert sum(isinstance(one, asyncio.CancelledError) for one in ended) == WAITING


async def test_a_request_that_is_given_up_still_counts_until_its_program_ends() -> None:
    renderer = Renderer(Programs(pandoc=("/bin/sh", "-c", "exec sleep 600", "sh"), seconds=0.5))
    gone = asyncio.create_task(renderer.file(lambda: DOCUMENT, BookFormat.EPUB))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert renderer.running == 1

    async def ended() -> bool:
        return renderer.running == 0

    await eventually(ended)
    renderer.close()
