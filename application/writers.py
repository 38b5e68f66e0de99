"""Declares the writer of proposals, as a port: what it is asked, what it gives, and how it fails."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from domain.genesis.asked import Asked
from domain.genesis.events import GenerationRequested
from domain.genesis.found import FoundPair
from domain.genesis.premise import Premise
from domain.genesis.proposals import Content, Feedback, Proposal, StageRecord


@dataclass(frozen=True, slots=True)
class WriterRequest:
    """Everything a writer may know. Built from the folded stream, so a repeated run asks the same."""

    work: GenerationRequested
    premise: Premise
    confirmed: Mapping[GenesisStage, Content]
    record: StageRecord
    target: Proposal | None
    feedback: tuple[tuple[GenesisStage, Feedback], ...]
    session_id: UUID
    user_id: UUID | None = None
    """Whose session it is: their models may be asked."""
    kept: Mapping[str, Content] = field(default_factory=dict)
    """Parts of a large content that came already, by their keys: only the rest is asked for."""
    stale: tuple[GenesisStage, ...] = ()
    """Confirmed stages that were built on what has changed since."""
    wasted: int = 0
    """Requests that earlier executions of the same work made in vain."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Request `number` of at most `of`; `why`: the code of what was wrong with the one before."""

    number: int
    of: int
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written so far: one partial content per proposal. `percent` 0 to 100; `phase` a stable word.

    `raw`: the end of what a model says before any of it has its place in a content.
    """

    contents: tuple[Content, ...]
    percent: float
    phase: str
    message: str = ""
    attempt: Attempt | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class PartsCame:
    """All parts of a large content that have come so far, by their keys, and what this writing has used for them.

    `asked` and `texts` as in Proposed. Whoever keeps it and gives it back as WriterRequest.kept is asked no part twice.
    """

    parts: Mapping[str, Content]
    spent: "Spent | None"
    asked: Asked
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A writer's validated end: contents in the stage's full shape, what changed, and what it cost (None: unknown).

    `notes`: what the novelist should know about it, such as that two of three came; `item_notes`: about each content.
    `asked`: the requests that were made, None where none was; `texts`: the text of each of their parts, by its hash.
    """

    contents: tuple[Content, ...]
    adjustments: tuple[tuple[str, ...], ...]
    writer: str
    model: str
    prompt_version: str
    usage: Mapping[str, JsonValue] = field(default_factory=dict)
    cost_usd: float | None = None
    price_source: str | None = None
    notes: tuple[str, ...] = ()
    item_notes: tuple[tuple[str, ...], ...] = ()
    asked: Asked | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    item_missing: tuple[tuple[str, ...], ...] = ()
    """Of each content, JSON pointers to its parts that did not come, though they were asked for."""
    item_unchanged: tuple[tuple[str, ...], ...] = ()
    """Of each content, JSON pointers to what a note was to change, and did not; `-` at the end: what it was to add."""
    label: str | None = None
    """By which its use is told apart from that of others; None: the studio's own model."""
    found: tuple[FoundPair, ...] = ()
    """What a search for contradictions has found, quotations as the model gave them; it has no contents."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a writer that failed had sent by then, as in Proposed."""

    model: str
    prompt_version: str
    asked: Asked
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spent:
    """What an attempt used, as its provider reported it. `cost_usd` None: unknown, which is not zero."""

    usage: Mapping[str, JsonValue] = field(default_factory=dict)
    cost_usd: float | None = None
    price_source: str | None = None


class WriterError(Exception):
    """A writer could not finish. `message` is for the writer's eyes; `retryable`: trying again may help.

    `spent`: what it used all the same, None when nobody reported anything. `sent`: what it had asked. `tries`: how
    often it has asked in vain, 0 where nothing was sent; together with those of whoever asks again they are counted
    against one bound. `label`: as in Proposed. `notes`: what `message` says beside the sentence of `code`.
    """

    spent: Spent | None = None
    sent: Sent | None = None
    tries: int = 1
    label: str | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, code: str, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable


class Writer(Protocol):
    def write(self, request: WriterRequest) -> AsyncIterator[Draft | PartsCame | Proposed]:
        """Drafts as they grow, what can be kept of them, then exactly one Proposed. Raises WriterError.

        Cancelling the task stops it.
        """
