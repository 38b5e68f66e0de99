"""Encrypts what must never be read from the database alone: the keys of models. Fernet (AES-128-CBC with HMAC-SHA-256).

The key comes from GENESIS_SECRET_KEY, else from a file in the data folder, which only its owner may read and which is
made when something is first encrypted. Reading never makes one: a process without the key says so.
Every process and command imports this with the settings: the library is loaded where something is encrypted.
"""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

FILE = "secret.key"


class CannotDecrypt(Exception):
    """It was encrypted with another key than this process has, or it was changed."""


class SecretKeyUnusable(Exception):
    """The file of the key cannot be read or made. Its text is a sentence for the operator."""


def keys_of(text: str) -> "list[Fernet]":
    """One or more keys, separated by commas: the first encrypts, all decrypt. Raises ValueError."""
    from cryptography.fernet import Fernet  # noqa: PLC0415

    try:
        found = [Fernet(part.strip().translate({43: 45, 47: 95}).encode()) for part in text.split(",") if part.strip()]
    except ValueError:
        found = []
    if not found:
        raise ValueError("must be 32 random bytes in base64 (`openssl rand -base64 32` makes them)")
    return found


class SecretBox:
    """Encrypts texts for a row of the database. `given`: GENESIS_SECRET_KEY; without it, the file in `home` counts."""

    def __init__(self, home: Path, given: str | None = None) -> None:
        self.path = home.expanduser() / FILE
        self._given = given

    def encrypt(self, row: UUID, text: str) -> str:
        """`text` for this row: in another row it is not taken. Makes the key's file if there is none.

        Raises SecretKeyUnusable.
        """
        box = self._box() or self._made()
        return box.encrypt(json.dumps([str(row), text]).encode()).decode()

    def decrypt(self, row: UUID, token: str) -> str:
        """Raises CannotDecrypt."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        try:
            box = self._box()
        except SecretKeyUnusable:
            raise CannotDecrypt from None
        if box is None:
            raise CannotDecrypt
        try:
            owner, text = json.loads(box.decrypt(token.encode()))
        except (InvalidToken, ValueError):
            raise CannotDecrypt from None
        if owner != str(row):
            raise CannotDecrypt
        return str(text)

    def can_read(self, row: UUID, token: str) -> bool:
        try:
            self.decrypt(row, token)
        except CannotDecrypt:
            return False
        return True

    def others_can_read(self) -> bool:
        """Whether the file is there and this machine's other users may read it. Where there are no modes: False."""
        if self._given is not None or os.name != "posix":
            return False
        try:
            return self.path.stat().st_mode & 0o077 != 0
        except OSError:
            return False

    def _box(self) -> "MultiFernet | None":
        """None: there is no key yet. The file is read each time: it may have been put there meanwhile."""
        from cryptography.fernet import MultiFernet  # noqa: PLC0415

        if self._given is not None:
            return MultiFernet(keys_of(self._given))
        try:
            return MultiFernet(keys_of(self.path.read_text(encoding="ascii")))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SecretKeyUnusable(f"{self.path} cannot be read: {error.strerror}.") from None
        except ValueError:
            raise SecretKeyUnusable(f"{self.path} holds no key that can be used.") from None

    def _made(self) -> "MultiFernet":
        """A new key. Of several processes that make one at the same moment, the first has made it for all."""
        from cryptography.fernet import Fernet  # noqa: PLC0415

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=f".{FILE}-", dir=self.path.parent)  # mode 0600
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(Fernet.generate_key() + b"\n")
                    stream.flush()
                    os.fsync(stream.fileno())
                with suppress(FileExistsError):
                    os.link(name, self.path)
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError as error:
            raise SecretKeyUnusable(f"{self.path} cannot be written: {error.strerror}.") from None
        box = self._box()
        if box is None:
            raise SecretKeyUnusable(f"{self.path} is gone again.")
        return box
