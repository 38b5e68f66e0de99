"""Reads imported files for a process that serves many: one at a time, in a thread, a few more may wait."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from infrastructure.exports.books.programs import Programs
from infrastructure.imports.book import ReadBook
from infrastructure.imports.reading import read_book

WAITING = 4
"""Files that may wait for the one that is being read: each is held in memory."""


class TooManyReads(Exception):
    """Others' files are being read. The message is a sentence for whoever asked; `retry_after` in seconds."""

    def __init__(self) -> None:
        super().__init__("Other files are being read just now. Ask again in a few seconds.")
        self.retry_after = 5.0


class BookReader:
    """A request that is given up leaves its thread to finish or time out."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="import")
        self._running = 0

    def check_room(self) -> None:
        """Before a file is taken in. Raises TooManyReads."""
        if self._running > WAITING:
            raise TooManyReads

    async def read(self, data: bytes, name: str) -> ReadBook:
        """Raises as read_book does, and TooManyReads."""
        self.check_room()
        self._running += 1
        made = asyncio.get_running_loop().run_in_executor(self._thread, read_book, data, name, self._programs)
        made.add_done_callback(self._done)
        return await asyncio.shield(made)

    def _done(self, made: "asyncio.Future[ReadBook]") -> None:
        self._running -= 1
        if not made.cancelled():
            made.exception()  # whoever asked may have gone

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
