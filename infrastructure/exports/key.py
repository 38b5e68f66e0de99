"""Keeps the key of exports: what pseudonyms and hashes of texts are made with. It never is in an export."""

import os
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

FILE = "export.key"


class NoKey(OperatorError):
    """There is no key, and none can be made."""


@dataclass(frozen=True, slots=True)
class ExportKey:
    """`secret`: 32 bytes. `id` says which key it was, and nothing about it."""

    secret: bytes
    id: str

    @classmethod
    def of(cls, phrase: bytes) -> "ExportKey":
        secret = blake2b(phrase, digest_size=32, person=b"genesis-export").digest()
        return cls(secret, blake2b(b"id", key=secret, digest_size=8).hexdigest())


def export_key(settings: Settings) -> ExportKey:
    """GENESIS_EXPORT_KEY, or the key in the data folder, made when it is first needed. Raises NoKey."""
    if settings.export_key is not None:
        return ExportKey.of(settings.export_key.get_secret_value().encode())
    path = settings.home / FILE
    try:
        if not path.exists():
            _make(path)
        phrase = path.read_bytes().strip()
    except OSError as error:
        raise NoKey(
            f"The key of exports {path} cannot be read or made: {error.strerror}.", "Or set GENESIS_EXPORT_KEY."
        ) from error
    if len(phrase) < 32:
        raise NoKey(f"{path} holds no key.", "Move it away; a new one is made, with other pseudonyms.")
    return ExportKey.of(phrase)


def _make(path: Path) -> None:
    """Whole or not at all, and only one of several processes makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{FILE}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="ascii") as stream:
        stream.write(os.urandom(32).hex() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
