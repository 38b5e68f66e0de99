"""Keeps an export that is being written beside its final name, so that it can be gone on with, or is all there.

Everything is appended; what was written is on the disk before progress.json says so. A killed export leaves the folder
`.NAME.part`, and the next one with the same request cuts its files to what progress.json knows and goes on.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import orjson

from infrastructure.exports.manifest import NAME, PROGRESS, PROOF, Manifest
from infrastructure.exports.pieces import Piece
from infrastructure.files import cannot_write, sync_folder
from infrastructure.operator_error import OperatorError


class WorkingFolder:
    """Files that grow, and how far they are. Use `opened`."""

    def __init__(self, folder: Path, progress: Mapping[str, Any]) -> None:
        self.folder = folder
        self.files: dict[str, dict[str, Any]] = {name: dict(of) for name, of in progress.get("files", {}).items()}
        self.place: Mapping[str, Any] | None = progress.get("place")
        """What the last `keep` was told; None: nothing was kept yet."""
        self.own: str | None = progress.get("own")
        """How the names begin of files that keep their own progress, and are left alone."""
        self._streams: dict[str, IO[bytes]] = {}
        self._stack = ExitStack()

    def append(self, piece: Piece) -> None:
        entry = self.files.get(piece.file)
        if entry is None:
            entry = self.files[piece.file] = {"table": piece.table, "rows": 0, "size": 0, "last": ""}
        stream = self._streams.get(piece.file)
        if stream is None:
            stream = self._streams[piece.file] = self._stack.enter_context((self.folder / piece.file).open("ab"))
        stream.write(piece.data)
        entry["rows"] += piece.rows
        entry["size"] += len(piece.data)
        entry["last"] = piece.last or entry["last"]

    def keep(self, request: Mapping[str, Any], place: Mapping[str, Any]) -> None:
        """From now on an interrupted export goes on at `place`."""
        self._sync()
        progress: dict[str, Any] = {"request": request, "place": place, "files": self.files}
        if self.own is not None:
            progress["own"] = self.own
        write_whole(self.folder / PROGRESS, orjson.dumps(progress))
        self.place = place

    def flush(self) -> None:
        for stream in self._streams.values():
            stream.flush()

    def adopt(self, name: str, table: str, rows: int) -> None:
        """A file that was not made of pieces, now that it is done."""
        path = self.folder / name
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        self.files[name] = {"table": table, "rows": rows, "size": path.stat().st_size, "last": ""}

    def path(self, name: str) -> Path:
        return self.folder / name

    def finish(self, manifest: Manifest, target: Path) -> None:
        """Give the folder its final name: with all files, the manifest and the proof on the disk."""
        self._sync()
        shutil.copyfile(Path(__file__).with_name(PROOF), self.folder / PROOF)
        with (self.folder / PROOF).open("rb") as stream:
            os.fsync(stream.fileno())
        write_whole(self.folder / NAME, manifest.model_dump_json(indent=1).encode() + b"\n")
        sync_folder(self.folder)
        self.folder.rename(target)
        sync_folder(target.parent)
        (target / PROGRESS).unlink(missing_ok=True)

    def close(self) -> None:
        streams, self._streams = self._streams, {}
        for stream in streams.values():
            stream.close()

    def _sync(self) -> None:
        for stream in self._streams.values():
            stream.flush()
            os.fsync(stream.fileno())
        self.close()


@contextmanager
def opened(target: Path, request: Mapping[str, Any]) -> Iterator[WorkingFolder]:
    """The folder for an export to `target`, gone on with where one for the same `request` was interrupted.

    Raises OperatorError: `target` is there already, cannot be written, is being written, or the disk is full.
    """
    if target.exists() or target.is_symlink():
        raise OperatorError(
            f"{target} exists already.", "Name another folder: an export is never written over.", code=2
        )
    folder = target.with_name(f".{target.name}.part")
    working: WorkingFolder | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists() and any(folder.iterdir()) and not (folder / PROGRESS).exists():
            raise OperatorError(
                f"{folder} is in the way, and no export has made it.", "Move it, or name another folder."
            )
        folder.mkdir(exist_ok=True)
        with _locked(folder, target):
            working = WorkingFolder(folder, _left(folder, request))
            if working.place is None:
                write_whole(folder / PROGRESS, b"{}")  # from now on the folder is known as ours
            yield working
    except OSError as error:
        raise cannot_write(
            "export",
            target,
            error,
            when_full="Make some space: the same command goes on where this one stopped.",
            remedy="Name a folder in a place that is there and that you may write to.",
        ) from error
    finally:
        if working is not None:
            with suppress(OSError):  # what was not kept is cut off when it is gone on with
                working.close()


@contextmanager
def _locked(folder: Path, target: Path) -> Iterator[None]:
    """SIGKILL frees it too. Raises OperatorError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError(
                f"Another export to {target} is at work.", "Wait for it, or name another folder."
            ) from None
        yield
    finally:
        os.close(descriptor)


def _left(folder: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """What an interrupted export for the same request has left, cut to what it knew of; nothing of any other."""
    try:
        progress: dict[str, Any] = orjson.loads((folder / PROGRESS).read_bytes())
        fits = progress["request"] == request and all(
            (folder / name).stat().st_size >= of["size"] for name, of in progress["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        progress, fits = {}, False
    if not fits:
        progress = {}
    for path in folder.iterdir():
        if path.name == PROGRESS:
            continue
        if path.name in progress.get("files", {}):
            os.truncate(path, progress["files"][path.name]["size"])
        elif not (fits and path.name.startswith(progress.get("own", "/"))):
            path.unlink()
    return progress


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step; nothing is left of one that could not be written. Raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
