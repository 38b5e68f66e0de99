"""A sentence for the novelist that also bears what it says as a code and values, for readers of another language."""

from collections.abc import Iterable
from typing import Any

from genesis_types.text import clean

from domain.genesis.proposals import NoteCode


class Note(str):
    """The sentence in the session's language. `values`: what fills its places: texts, numbers, lists, other notes."""

    code: str
    values: dict[str, Any]

    def __new__(cls, text: str, code: str, /, **values: Any) -> "Note":
        note = super().__new__(cls, text)
        note.code, note.values = code, values
        return note


def note_codes(notes: Iterable[str]) -> tuple[NoteCode, ...]:
    """One for each note, in their order; the code is empty where a note is only a sentence."""
    return tuple(_code(note) for note in notes)


def _code(note: str) -> NoteCode:
    if not isinstance(note, Note):
        return NoteCode(code="")
    return NoteCode(code=note.code, values={name: _value(value) for name, value in note.values.items()})


def _value(value: Any) -> Any:
    if isinstance(value, Note):
        return _code(value).model_dump()
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    return clean(value) if isinstance(value, str) else value
