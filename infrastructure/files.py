"""Makes files last and says why one cannot be written: what exports and backups share."""

import errno
import os
from pathlib import Path

from infrastructure.operator_error import OperatorError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""A disk without space, or somebody's share of it."""


def sync_folder(folder: Path) -> None:
    """Have the folder's entries on the disk: a name that was given lasts. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def no_space(target: Path, remedy: str) -> OperatorError:
    return OperatorError(f"There is no space left in {target.parent}. Nothing has the name {target.name} yet.", remedy)


def cannot_write(what: str, target: Path, error: OSError, *, when_full: str, remedy: str) -> OperatorError:
    """`what`: "export", "backup". `when_full`: what to do when there is no space; `remedy`: otherwise."""
    if error.errno in FULL:
        return no_space(target, when_full)
    return OperatorError(f"The {what} {target} cannot be written: {error.strerror or error}.", remedy)
