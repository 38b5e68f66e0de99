"""Looks for planted words in everything below a folder: as they are, and in the forms in which logs may carry them."""

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Bytes of a planted word: a shorter one would be found by chance in what is encoded."""


def planted_words_in(folder: Path, words: Iterable[str]) -> list[str]:
    """Where in the files below `folder` any of `words` stands: "file:line: word (form)"; [] is good.

    Upper and lower case are the same, except in base64. Raises ValueError for a word that is too short to be told
    apart, and when there is no file at all: nothing looked at is not nothing found.
    """
    wanted = [(word, form, needle) for word in words for form, needle in forms(word)]
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if not files:
        raise ValueError(f"no file in {folder}")
    return [found for path in files for found in _in_file(path, path.relative_to(folder), wanted)]


def forms(word: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each form, once."""
    plain = word.encode()
    if len(plain) < SHORTEST:
        raise ValueError(f"{word!r} is too short to be looked for")
    seen: set[bytes] = set()
    for name, needle in (
        ("plain", plain),
        ("JSON", json.dumps(word)[1:-1].encode()),
        ("JSON in JSON", json.dumps(json.dumps(word)[1:-1])[1:-1].encode()),
        ("Python", ascii(word)[1:-1].encode()),
        ("Python bytes", repr(plain)[2:-1].encode()),
        ("percent", quote(word, safe="").encode()),
        ("form", quote_plus(word).encode()),
        *(("base64", needle) for needle in _base64(plain)),
    ):
        kept = needle if name == "base64" else needle.lower()
        if kept not in seen:
            seen.add(kept)
            yield name, kept


def _base64(plain: bytes) -> Iterator[bytes]:
    """What of the word does not depend on its neighbours, for each of the three places where it may begin."""
    for before, unsure in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(b"\0" * before + plain).rstrip(b"=")
        sure = encoded[unsure:] if (before + len(plain)) % 3 == 0 else encoded[unsure:-1]
        yield sure
        yield sure.translate(bytes.maketrans(b"+/", b"-_"))


def _in_file(path: Path, name: Path, wanted: list[tuple[str, str, bytes]]) -> Iterator[str]:
    raw = path.read_bytes()
    lowered = raw.lower()
    for word, form, needle in wanted:
        at = (raw if form == "base64" else lowered).find(needle)
        if at >= 0:
            line = raw.count(b"\n", 0, at) + 1
            yield f"{name}:{line}: {word} ({form})"
