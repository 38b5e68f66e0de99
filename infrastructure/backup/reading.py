"""Reads the file of a backup and believes nothing in it: names, sizes and hashes are those of its manifest, or it goes.

Nothing is ever unpacked to a path, and no more is read of a table than its manifest says.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from pydantic import BaseModel, ValidationError

from infrastructure.backup.manifest import FORMAT, LARGEST, NAME, Manifest, member
from infrastructure.operator_error import OperatorError

_CHUNK = 1 << 18
_DEFLATE = 1032
"""What deflate packs at best (https://zlib.net/zlib_tech.html). A page of one letter comes near it, so less is no sign
of harm; what unpacks to more has entries that share their bytes, so that a small file fills a disk."""

_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError)
"""What zipfile raises for a file that is cut, damaged, encrypted or packed in another way."""


class _Format(BaseModel):
    """All that is read of a manifest before its format is known."""

    format: int


class Backup:
    """An open file with a manifest that fits what is in it."""

    def __init__(self, path: Path, archive: ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._archive = archive

    def text_of(self, name: str) -> Iterator[bytes]:
        """The COPY text of one table, in pieces. Raises OperatorError, at the latest after the last one."""
        table = self.manifest.tables[name]
        digest, rows, size = sha256(), 0, 0
        try:
            with self._archive.open(member(name)) as entry:
                while chunk := entry.read(_CHUNK):
                    size += len(chunk)
                    if size > table.size:
                        raise damaged(self.path, f"{name} is longer than it should be")
                    digest.update(chunk)
                    rows += chunk.count(b"\n")
                    yield chunk
        except _BROKEN as error:
            raise damaged(self.path, f"{name} cannot be read") from error
        if (size, rows, digest.hexdigest()) != (table.size, table.rows, table.sha256):
            raise damaged(self.path, f"{name} is not what was written")

    def verify(self) -> Iterator[int]:
        """Read all of it; how many bytes each step has read. Raises OperatorError."""
        for name in self.manifest.tables:
            for chunk in self.text_of(name):
                yield len(chunk)


@contextmanager
def opened_backup(path: Path) -> Iterator[Backup]:
    """Raises OperatorError for what is no backup, is damaged, or needs a newer build."""
    try:
        stream = path.open("rb")
    except PermissionError as error:
        raise OperatorError(
            f"{path} cannot be read: {error.strerror}.",
            "A backup is its maker's alone. If that is another user, have them copy it for you: `chown` the copy.",
        ) from error
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.", "Name the file of a backup.") from error
    with stream:
        try:
            archive = ZipFile(stream)
        except _BROKEN as error:
            raise damaged(path, "it is no backup, or its end is missing") from error
        with archive:
            manifest = _manifest(path, archive)
            _compare(path, archive, manifest)
            yield Backup(path, archive, manifest)


def _manifest(path: Path, archive: ZipFile) -> Manifest:
    try:
        if archive.getinfo(NAME).file_size > LARGEST:
            raise damaged(path, "its manifest is too long")
        with archive.open(NAME) as entry:
            text = entry.read(LARGEST)
        newest = _Format.model_validate_json(text).format
        if newest > FORMAT:
            raise OperatorError(
                f"{path} has format {newest}, and this build reads {FORMAT} at most.", "Use a newer build."
            )
        return Manifest.model_validate_json(text)
    except (*_BROKEN, ValidationError) as error:
        raise damaged(path, "its manifest cannot be read") from error


def _compare(path: Path, archive: ZipFile, manifest: Manifest) -> None:
    names = [info.filename for info in archive.infolist()]
    expected = {NAME, *map(member, manifest.tables)}
    if len(names) != len(expected) or set(names) != expected:
        raise damaged(path, "what is in it is not what its manifest says")
    if sum(info.compress_size for info in archive.infolist()) > path.stat().st_size:
        raise damaged(path, "its entries overlap")
    for name, table in manifest.tables.items():
        info = archive.getinfo(member(name))
        if info.file_size != table.size:
            raise damaged(path, f"{name} is not as long as it should be")
        if info.file_size > _DEFLATE * info.compress_size:
            raise damaged(path, f"{name} unpacks to more than it can hold")


def damaged(path: Path, why: str) -> OperatorError:
    return OperatorError(
        f"{path} cannot be used as a backup: {why}.",
        "Nothing was changed. Name another file; `genesis backup --verify FILE` says whether it is whole.",
    )
