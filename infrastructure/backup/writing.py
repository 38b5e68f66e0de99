"""Writes the file of a backup: under a name of its own until it is complete and on the disk, or not at all."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from infrastructure.backup.manifest import NAME, Manifest, Table, member
from infrastructure.files import cannot_write, sync_folder
from infrastructure.operator_error import OperatorError

Chunk = bytes | bytearray | memoryview

_PARTIAL = ".genesis-backup-"
_LEVEL = 3
"""Of deflate: a third of the size already, at several times the speed of the usual level."""


@contextmanager
def new_file(path: Path) -> Iterator[ZipFile]:
    """The zip that is `path` once the block has ended well; a kill or an error leaves nothing under that name.

    Raises OperatorError if the file cannot be written, or is there already.
    """
    if path.exists():
        raise OperatorError(f"{path} exists already.", "Name a file that does not: backups are never written over.")
    partial = path.with_name(f"{_PARTIAL}{os.getpid()}.part")
    try:
        _clear(path.parent)
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)  # whoever finds the file unlocked knows that its writer is gone
            with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
                yield archive
            stream.flush()
            os.fsync(stream.fileno())
            partial.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(
            "backup",
            path,
            error,
            when_full="Make some space, or name a file on another disk: `genesis backup FILE`.",
            remedy="Name a file in a folder that is there and that you may write to.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def add_table(archive: ZipFile, name: str, columns: tuple[str, ...], chunks: Iterable[Chunk]) -> Table:
    """Write one table's COPY text; what the manifest says of it."""
    digest, rows, size = sha256(), 0, 0
    info = ZipInfo(member(name))
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as entry:
        for chunk in chunks:
            digest.update(chunk)
            rows += bytes(chunk).count(b"\n")  # COPY writes a line break inside a value as \n
            size += len(chunk)
            entry.write(chunk)
    return Table(columns=columns, rows=rows, size=size, sha256=digest.hexdigest())


def add_manifest(archive: ZipFile, manifest: Manifest) -> None:
    archive.writestr(NAME, manifest.model_dump_json(indent=1))


def _clear(folder: Path) -> None:
    """Remove what killed backups have left."""
    for path in folder.glob(f"{_PARTIAL}*.part"):
        with suppress(OSError), path.open("r+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
