"""Decodes plain text of unknown encoding: UTF-8, UTF-16, UTF-32, GB18030 or Windows-1252."""

import codecs
import re

from infrastructure.imports.book import ImportRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    (b"\x84\x31\x95\x33", "gb18030", "GB18030"),
)
_SAMPLE = 200_000
_ORDERS = ("utf-16-le", "utf-16-be")
_READABLE = 0.95
_WRITTEN = re.compile(
    "[\\n\\r\\t\\f -~"
    "\u00a0-\u052f\u05d0-\u06ff\u0e00-\u0e7f\u2010-\u2030\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]"
)
_COMMON = 0.6
"""The share of its two-byte characters that are common ones (GB 2312, level 1, and its punctuation) in real Chinese;
in Western text that happens to decode they are spread over all the rows."""

_HIGH = re.compile(rb"[\x80-\xff]")


def decoded(data: bytes) -> tuple[str, str, int]:
    """(text, encoding, how many characters could not be read). Raises ImportRefused for what is no text."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            text = data.decode(codec, "replace")
            return text, name, text.count("\ufffd")
    if order := _utf16(data[:_SAMPLE]):
        text = data.decode(order, "replace")
        return text, "UTF-16", text.count("\ufffd")
    if b"\x00" in data[:_SAMPLE]:
        raise ImportRefused("NOT_A_BOOK", "This is no text. Save the book as DOCX, EPUB, Markdown or plain text.")
    try:
        return data.decode("utf-8"), "UTF-8", 0
    except UnicodeDecodeError:
        pass
    broken = data.decode("utf-8", "replace")
    if broken.count("\ufffd") * 200 < len(_HIGH.findall(data)):  # a few bad bytes in what is UTF-8 otherwise
        return broken, "UTF-8", broken.count("\ufffd")
    if _is_gb18030(data):
        text = data.decode("gb18030", "replace")
        return text, "GB18030", text.count("\ufffd")
    text = data.decode("cp1252", "replace")
    return text, "Windows-1252", text.count("\ufffd")


def _utf16(sample: bytes) -> str | None:
    """UTF-16 without a mark: it has zeros, if only in line ends, and reads as text in one of its two orders."""
    if b"\x00" not in sample:
        return None
    shares = {codec: _share(sample[: len(sample) // 2 * 2].decode(codec, "replace")) for codec in _ORDERS}
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= _READABLE else None


def _share(text: str) -> float:
    """How much of a text is letters and signs of scripts that books are written in."""
    return len(_WRITTEN.findall(text)) / max(1, len(text))


def _is_gb18030(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    pairs = common = at = 0
    while at < len(sample) - 1:
        first, second = sample[at], sample[at + 1]
        if first < 0x80:
            at += 1
            continue
        if first in (0x80, 0xFF) or not (0x30 <= second <= 0xFE and second != 0x7F):
            return False
        pairs += 1
        common += second >= 0xA1 and (0xB0 <= first <= 0xD7 or 0xA1 <= first <= 0xA3)
        at += 2 if second >= 0x40 else 4
    return pairs > 0 and common >= pairs * _COMMON
