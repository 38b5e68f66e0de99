"""Makes paragraphs of pieces: scene breaks between them, and notes behind the last."""

from collections.abc import Iterable

from genesis_types.words import count_words

from infrastructure.imports.book import SCENE_BREAK, Piece


def paragraphs(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """The text of one chapter. A break stands between two paragraphs: never first, last, or twice."""
    found: list[str] = []
    notes: list[str] = []
    broken = False
    for piece in pieces:
        match piece.kind:
            case "break":
                broken = bool(found)
            case "note":
                notes.append(piece.text)
            case "page":
                continue
            case "text" | "heading":
                if broken:
                    found.append(SCENE_BREAK)
                    broken = False
                found.append(piece.text)
    return (*found, *notes)


def words_of(pieces: Iterable[Piece]) -> int:
    return sum(count_words(piece.text) for piece in pieces if piece.kind in ("text", "heading"))
