"""Folders for what a test's servers keep: in memory where there is room, since none of it outlives the test."""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")
_ROOM = 6 * 1024**3
"""Bytes: more than the servers of a few test processes hold at once, each with a gigabyte of its write-ahead log."""


@cache
def servers_place() -> str | None:
    """The folder to make a server's folder in, as `dir` of tempfile. None: where temporary files are.

    A database is hundreds of files. Copying one takes 20 ms of a processor in memory, and 300 ms on some disks.
    """
    if not (_MEMORY.is_dir() and os.access(_MEMORY, os.W_OK | os.X_OK)):
        return None
    room = min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available)
    return str(_MEMORY) if room >= _ROOM else None


def servers_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """A new folder, removed when it is left or cleaned up; that a server still writes into it is no error."""
    return tempfile.TemporaryDirectory(prefix=prefix, dir=servers_place(), ignore_cleanup_errors=True)
