"""What is left of a payload without texts: no event of this build keeps a string that somebody wrote."""

import types
import typing
from datetime import datetime
from enum import Enum
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from domain.aggregates import AGGREGATES
from infrastructure.exports.key import ExportKey
from infrastructure.exports.redaction import FACTS, WRITTEN, Redactor

KEY = ExportKey.of(b"a key")
REDACTOR = Redactor(KEY, with_text=False, anonymise=False)
# strings of our own or of a provider, not of a writer
KNOWN = {"language", "code", "writer", "model", "prompt_version", "price_source", "path", "locked_paths"}
KNOWN |= {"kind", "cause", "missing", "unchanged", "source_path", "proposed_by"}


def leaves(annotation: Any, field: str) -> typing.Iterator[tuple[str, Any]]:
    """(field, type) of everything that can lie in a payload of that type."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType) or origin in (tuple, list):
        for argument in arguments:
            yield from leaves(argument, field)
    elif origin is dict:
        yield from leaves(arguments[1], field)
    elif origin is typing.Annotated:
        yield from leaves(arguments[0], field)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            yield from leaves(info.annotation, name)
    else:
        yield field, annotation


FIELDS = sorted({(field, kind) for event in AGGREGATES.events.values() for field, kind in leaves(event, "")}, key=str)


@pytest.mark.parametrize(("field", "kind"), FIELDS, ids=[f"{field}-{kind}"[:60] for field, kind in FIELDS])
def test_every_field_of_every_event_is_a_fact_or_a_text(field: str, kind: Any) -> None:
    plain = isinstance(kind, type) and issubclass(kind, UUID | datetime | Enum)
    if plain:
        assert field in FACTS
    elif kind is str:
        assert (field in FACTS) == (field in KNOWN)
    elif typing.get_origin(kind) is Literal:
        assert field in FACTS or field == "reason"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just("SECRET text"),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "kind", "Mara's SECRET", "x"]), inner),
)


@given(st.sampled_from(sorted(WRITTEN)), json_values)
def test_nothing_below_what_was_written_keeps_a_string(field: str, value: Any) -> None:
    left = REDACTOR.payload({"stage": "CHARACTERS", field: value, "later": {"stage": "X", field: value}})
    assert "SECRET" not in repr(left)
    assert left["stage"] == "CHARACTERS"


def test_texts_become_their_length_and_a_keyed_hash() -> None:
    left = REDACTOR.payload({"text": "darker, ÆØ 暗", "reason": "expired", "turn": 3, "note": ""})
    assert left["text"] == {"chars": 12, "hash": REDACTOR.digest("darker, ÆØ 暗")}
    assert (left["reason"], left["turn"]) == ("expired", 3)
    assert Redactor(ExportKey.of(b"another"), with_text=False, anonymise=False).digest("") != REDACTOR.digest("")
    assert REDACTOR.payload({"reason": "my mother's illness"})["reason"]["chars"] == 19


@given(st.uuids())
def test_pseudonyms_are_stable_and_another_keys_are_others(one: UUID) -> None:
    first = Redactor(KEY, with_text=False, anonymise=True)
    assert first.pseudonym(one) == Redactor(KEY, with_text=False, anonymise=True).pseudonym(one) != one
    assert Redactor(ExportKey.of(b"another"), with_text=False, anonymise=True).pseudonym(one) != first.pseudonym(one)
    assert first.row(f'a\x01{{"id":"{one}"}}') == f'a\x01{{"id":"{first.pseudonym(one)}"}}'
    assert (first.pseudonym(one).version, first.pseudonym(one).variant) == (8, "specified in RFC 4122")
