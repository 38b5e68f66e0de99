"""Takes out of payloads the values that have columns of their own: one event's, or those of many at once by column.

What is stored is believed as far as it has the kind that it should have: a row holds nothing else.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from infrastructure.event_store.codec import read_json
from infrastructure.exports.tables import EVENTS, SEPARATOR, plain

LONG_NUMBER = re.compile(r"[0-9]{19}")

_TOKENS = ("input_tokens", "output_tokens")
_COLUMNS = (
    *("occurred_at", "stage", "turn", "kind", "code", "writer", "model", "prompt_version", "cost_usd"),
    *(*_TOKENS, "proposal_id", "feedback_id"),
)
_STAGES = ("stage", "first_stage", "current_stage")
"""Fields that fill the column `stage`, the last one that is there counts: events of sessions name it differently."""


def values_of(payload: dict[str, Any]) -> str:
    """Of one payload, as a row holds them after each other: from `occurred_at` to `feedback_id`."""
    found = [""] * len(_COLUMNS)
    for name, value in payload.items():
        place = _PLACES.get(name)
        if place is not None and value is not None:
            found[place] = _MAKERS[place](value)
    usage = payload.get("usage")
    if type(usage) is dict:
        for name in _TOKENS:
            found[_PLACE_OF[name]] = _whole(usage.get(name))
    return SEPARATOR.join(found)


def values_of_all(payloads: str) -> list[str]:
    """Of many payloads, JSON on a line each: by column, without an object for each, where pyarrow is there to do it.

    It is strict: for whatever it does not take (a text where a number should be), they are read one by one.
    """
    found = values_by_column(payloads)
    if found is None:
        return [values_of(_read(payload)) for payload in payloads.split("\n")]
    made: list[str] = joined(found).to_pylist()
    return made


def _read(payload: str) -> dict[str, Any]:
    found: dict[str, Any] = read_json(payload)
    return found


def values_by_column(payloads: str) -> dict[str, Any] | None:
    """Column -> pyarrow's array, from `occurred_at` (microseconds) to `feedback_id`.

    None: not all of them are as this needs them, or there is no pyarrow.
    """
    try:
        import pyarrow as arrow  # noqa: PLC0415
        from pyarrow import compute, json  # noqa: PLC0415
    except ImportError:
        return None
    texts = (*_STAGES, *(name for name in _COLUMNS if _KINDS[name] == "text" and name != "stage"))
    whole = arrow.int64()
    schema = arrow.schema(
        [
            *((name, arrow.string()) for name in (*texts, "occurred_at")),
            ("turn", whole),
            ("cost_usd", arrow.float64()),
            ("usage", arrow.struct([(name, whole) for name in _TOKENS])),
        ]
    )
    data = payloads.encode()
    try:
        table = json.read_json(
            arrow.BufferReader(data),
            read_options=json.ReadOptions(use_threads=False, block_size=len(data) + 1),
            parse_options=json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        ).combine_chunks()
        occurred = table.column("occurred_at").cast(arrow.timestamp("us", "UTC")).cast(whole)
    except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError):
        return None
    if table.num_rows != payloads.count("\n") + 1:
        return None
    columns = {name: table.column(name) for name in texts}
    if not all(compute.all(compute.utf8_is_printable(column)).as_py() in (True, None) for column in columns.values()):
        return None
    columns |= {name: table.column(name) for name in ("turn", "cost_usd")}
    columns["occurred_at"] = occurred
    columns["stage"] = compute.coalesce(*(columns[name] for name in reversed(_STAGES)))
    usage = table.column("usage")
    columns |= {name: compute.struct_field(usage, name) for name in _TOKENS}
    return {name: columns[name].combine_chunks() for name in _COLUMNS}


def joined(columns: dict[str, Any]) -> Any:
    """The same as texts, as `values_of` makes them: pyarrow's array."""
    import pyarrow as arrow  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    costs = ["" if cost is None else number(cost) for cost in columns["cost_usd"].to_pylist()]
    texts = columns | {"cost_usd": arrow.array(costs, arrow.string())}
    return compute.binary_join_element_wise(
        *(texts[name].cast(arrow.string()) for name in _COLUMNS),
        SEPARATOR,
        null_handling="replace",
        null_replacement="",
    )


def _said(value: Any) -> str:
    return plain(value) if type(value) is str else ""


def _whole(value: Any) -> str:
    return str(value) if type(value) is int and -(2**63) <= value < 2**63 else ""


def _number(value: Any) -> str:
    return number(float(value)) if type(value) in (int, float) else ""


def number(value: float) -> str:
    """A float as every reader of exports writes it again: shortest, without `.0`."""
    return repr(value).removesuffix(".0")


def _time(value: Any) -> str:
    """Microseconds since 1970 of a time as events store it."""
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return ""
    return "" if found.tzinfo is None else microseconds(found)


def microseconds(value: datetime) -> str:
    """Since 1970, UTC."""
    return str(round(value.timestamp() * 1_000_000))


_KINDS = {column.name: column.kind for column in EVENTS.columns}
_PLACE_OF = {name: place for place, name in enumerate(_COLUMNS)}
_PLACES = {name: place for name, place in _PLACE_OF.items() if name not in _TOKENS} | dict.fromkeys(
    _STAGES, _PLACE_OF["stage"]
)
_OF_KIND: dict[str, Callable[[Any], str]] = {"integer": _whole, "number": _number, "text": _said, "time": _time}
_MAKERS = [_OF_KIND[_KINDS[name]] for name in _COLUMNS]
