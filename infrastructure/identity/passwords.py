"""Password hashes: Argon2id, in threads, a few at a time; and what a name is compared by."""

import asyncio
import unicodedata

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST, LONGEST = 10, 200

_AT_ONCE = 2
"""Each takes tens of megabytes and a core for a while: more at once would only take them from everything else."""


class Passwords:
    """Safe to use from many tasks of one event loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHash((Argon2Hasher(),))
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether `hashed` is of this password. None takes as long and is never right: time tells no one who exists."""
        if self._nobodys is None:
            self._nobodys = await self.hash("nobody's password")
        async with self._turns:
            right = await asyncio.to_thread(self._hasher.verify, _normal(password), hashed or self._nobodys)
        return right and hashed is not None


def _normal(password: str) -> str:
    """An é of one keyboard is the é of another that sends a letter and an accent.

    https://www.rfc-editor.org/rfc/rfc8265#section-4.2
    """
    return unicodedata.normalize("NFC", password)


def name_key(name: str) -> str:
    """What names are compared by: width, case and spaces do not make another person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
