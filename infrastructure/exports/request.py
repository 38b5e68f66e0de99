"""What one export is asked to hold, and as what."""

from dataclasses import dataclass
from typing import Literal

from infrastructure.exports.selection import Refused, Selection

What = Literal["events", "sessions", "ocel"]
FileFormat = Literal["jsonl", "csv", "parquet", "json", "sqlite"]
ROWS: tuple[FileFormat, ...] = ("jsonl", "csv", "parquet")
"""Formats of tables."""
OCEL: tuple[FileFormat, ...] = ("json", "sqlite")
"""Formats of an object-centric event log."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is exported, as what. `until`: as a manifest names it; None: the end of the log as it is now."""

    holds: What
    file_format: FileFormat
    selection: Selection
    until: str | None = None


def check(request: Request) -> None:
    """Raises Refused for what contradicts itself."""
    selection = request.selection
    formats = OCEL if request.holds == "ocel" else ROWS
    if request.file_format not in formats:
        raise Refused("format", f"{request.holds} can be had as {', '.join(formats)}, not as {request.file_format}.")
    if selection.since and selection.before and selection.since >= selection.before:
        raise Refused("before", "The time to export from has to be before the time to export up to.")
    if selection.with_text and selection.anonymise:
        raise Refused("anonymise", "Texts name people and places: an anonymised export has none.")
    if request.holds == "sessions" and (selection.types or selection.stages):
        raise Refused("types", "A session's history is whole: it cannot be had by type or stage. Events can.")
