"""Estimates how many tokens a model makes of a text: by script and by family, with no vocabulary at hand.

Vocabularies are downloaded at run time by the libraries that use them, so the rates below are fitted to counts of five
real ones (o200k, Claude's published one, Qwen 3, Llama 3, Gemma 3; tests/unit/model/token_counts.json). On those texts
the estimate is from 10 % under to 40 % over: for a budget, too many is the safer error.
"""

import math
import re
from typing import Literal

Family = Literal["gpt", "claude", "open"]
"""`open`: everything that is neither OpenAI's nor Anthropic's; the greediest of three vocabularies counts."""

_FAMILIES = (
    (re.compile(r"claude|anthropic", re.IGNORECASE), "claude"),
    (re.compile(r"gpt-oss|\bo\d|gpt|openai$", re.IGNORECASE), "gpt"),
)
_PIECE = re.compile(r"[^\W\d_]+|\d+|\s{2,}|[^\w\s]+|_+|\s")

# Tokens for a character that is no Latin letter, by the last code point of its block.
_SCRIPTS: tuple[tuple[int, tuple[float, float, float]], ...] = (
    (0x03FF, (0.50, 1.00, 0.75)),  # Greek
    (0x052F, (0.32, 0.60, 0.42)),  # Cyrillic
    (0x05FF, (0.50, 1.10, 0.90)),  # Armenian, Hebrew
    (0x08FF, (0.38, 1.10, 0.47)),  # Arabic
    (0x0DFF, (0.40, 1.12, 0.98)),  # scripts of India
    (0x10FF, (0.47, 1.72, 0.58)),  # Thai and its neighbours, Georgian
    (0x2FFF, (1.00, 1.60, 1.20)),  # Ethiopic, Khmer and other rare ones
    (0x30FF, (0.85, 1.15, 0.75)),  # kana
    (0x9FFF, (0.86, 1.22, 0.84)),  # Han
    (0xD7FF, (0.92, 1.6, 1.02)),  # Hangul
)
_ORDER: tuple[Family, ...] = ("gpt", "claude", "open")
_LETTERS = {"gpt": (9, 5.2, 3.6), "claude": (9, 3.6, 2.5), "open": (9, 4.5, 3.2)}
"""Letters of a Latin word for one token: of English, of a language with few accents, of one with many."""


def family(model: str) -> Family:
    """The family of a model by its name, `openai:gpt-5-mini` or `qwen3:8b`."""
    name = model.rsplit("/", 1)[-1]
    for pattern, found in _FAMILIES:
        if pattern.search(name):
            return found  # type: ignore[return-value]
    return "open"


def tokens(text: str, model: str = "") -> int:
    """About how many tokens `text` is for `model`; without a name, for an open one."""
    kind = family(model)
    accented = sum("\xbf" < char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in text)
    share = accented / max(1, len(text))
    letters = _LETTERS[kind][(share > 0.006) + (share > 0.035)]
    return round(sum(_piece(piece, kind, letters) for piece in _PIECE.findall(text)))


def _piece(piece: str, kind: Family, letters: float) -> float:
    first = piece[0]
    if first.isspace():
        return 1 if len(piece) > 1 or first == "\n" else 0  # a single space belongs to the word after it
    if first.isdigit():
        return -(-len(piece) // 3) if kind == "gpt" else len(piece)
    if not first.isalpha():  # marks; and the vowel signs of India and Thailand, which are no letters
        return -(-len(piece) // 3) if piece.isascii() else sum(_character(char, kind) for char in piece)
    if all(char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in piece):
        return math.ceil(len(piece) / letters)
    return sum(_character(char, kind) for char in piece)


def _character(char: str, kind: Family) -> float:
    point = ord(char)
    if point < 0x250 or 0x1E00 <= point <= 0x20FF or 0x3000 <= point <= 0x303F or 0xFF00 <= point <= 0xFFEF:
        return 0.8  # typographic marks, full-width ones among them
    index = _ORDER.index(kind)
    return next((rates[index] for last, rates in _SCRIPTS if point <= last), 2.0)
