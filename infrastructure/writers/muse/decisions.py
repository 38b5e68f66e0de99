"""What the writer decided: the intents that hold for a generation, folded into one answer to each question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Feedback, Proposal
from domain.genesis.stages import STAGE_ORDER
from infrastructure.writers.muse.intents import Intent, IntentKind, read_intents
from infrastructure.writers.muse.lexicon import language_of

Staged = tuple[tuple[GenesisStage, Intent], ...]
"""Intents with the stage in which they were said, oldest first."""

_PASSING = (IntentKind.NOTE, IntentKind.REWRITE, IntentKind.CONTRADICTION)
"""What says nothing about later texts."""
_OF_A_PERSON = (IntentKind.RENAME, IntentKind.SEX, IntentKind.AGE, IntentKind.TRADE)


@dataclass(frozen=True, slots=True)
class Decisions:
    """The latest word on every question. `people`: role and kind to value; `one`: kind to value.

    `before`: the preposition that the writer used with a place or a time.
    """

    people: Mapping[tuple[str, IntentKind], str]
    one: Mapping[IntentKind, str]
    before: Mapping[IntentKind, str]
    additions: tuple[str, ...]
    dropped: tuple[str, ...]
    tones: tuple[str, ...]

    def of(self, kind: IntentKind, role: str = "") -> str:
        return self.people.get((role, kind), "") if role else self.one.get(kind, "")


def fold(intents: Sequence[Intent]) -> Decisions:
    """A later intent replaces an earlier one; what is added or dropped adds up, and adding takes a drop back."""
    people: dict[tuple[str, IntentKind], str] = {}
    one: dict[IntentKind, str] = {}
    before: dict[IntentKind, str] = {}
    many: dict[IntentKind, dict[str, None]] = {kind: {} for kind in (IntentKind.ADD, IntentKind.DROP, IntentKind.TONE)}
    for intent in intents:
        if intent.kind in _OF_A_PERSON or intent.target == "chapters":
            people[(intent.target or "protagonist", intent.kind)] = intent.value
        elif intent.kind in many:
            opposite = {IntentKind.ADD: IntentKind.DROP, IntentKind.DROP: IntentKind.ADD}.get(intent.kind)
            if opposite:
                many[opposite].pop(intent.value, None)
            many[intent.kind].pop(intent.value, None)
            many[intent.kind][intent.value] = None
        elif intent.kind not in _PASSING:
            one[intent.kind], before[intent.kind] = intent.value, intent.target
    added, dropped, tones = (tuple(many[kind]) for kind in (IntentKind.ADD, IntentKind.DROP, IntentKind.TONE))
    return Decisions(people, one, before, added, dropped, tones)


class Heard:
    """The session's feedback, read once. `before` held for the text as it was; `new` is what this work answers."""

    def __init__(self, request: WriterRequest, people: Mapping[str, str]) -> None:
        work, self.language, self.people = request.work, language_of(request.premise.language), people
        said = {feedback.id: (stage, feedback) for stage, feedback in request.feedback}
        for feedback in request.record.feedback:
            said.setdefault(feedback.id, (work.stage, feedback))
        current = said.pop(work.feedback_id)[1] if work.feedback_id in said else None
        lineage = {proposal.id for proposal in ancestors(request)}
        self.path = current.path if current else None
        self.before: Staged = tuple(
            (stage, self._resolved(intent))
            for stage, feedback in said.values()
            for intent in read_intents(feedback.text, self.language, people)
            if _holds(intent, feedback, stage is work.stage and feedback.proposal_id in lineage)
        )
        new = current.text if current else work.instructions
        self.new = read_intents(new, self.language, people) if new.strip() else ()
        self.after: Staged = (*self.before, *((work.stage, self._resolved(intent)) for intent in self.new))

    def _resolved(self, intent: Intent) -> Intent:
        """The intent with the role of whom it is about."""
        return replace(intent, target=self.people.get(intent.target, intent.target))

    def called(self, intent: Intent) -> str:
        """The given name of whom an intent is about, as far as it is known."""
        role = self.people.get(intent.target, intent.target) or "protagonist"
        return next((name for name, other in self.people.items() if other == role and name[:1] != name[:1].lower()), "")


def _holds(intent: Intent, feedback: Feedback, own: bool) -> bool:
    """Whether feedback that was answered before still counts: a title only for the text that it was given to."""
    if intent.kind in _PASSING:
        return False
    if intent.kind is IntentKind.TITLE:
        return own and feedback.path in (None, "/title", "/working_title")
    return feedback.path is None or intent.kind in (IntentKind.RENAME, IntentKind.DROP)


def until(staged: Staged, stage: GenesisStage) -> tuple[Intent, ...]:
    """The intents of `stage` and of the stages before it."""
    return tuple(intent for said_in, intent in staged if STAGE_ORDER.index(said_in) <= STAGE_ORDER.index(stage))


def after(staged: Staged, stage: GenesisStage) -> tuple[Intent, ...]:
    return tuple(intent for said_in, intent in staged if STAGE_ORDER.index(said_in) > STAGE_ORDER.index(stage))


def ancestors(request: WriterRequest) -> list[Proposal]:
    """The target of a refinement and what it came from, newest first."""
    chain: list[Proposal] = []
    proposal = request.target
    while proposal is not None and proposal not in chain:
        chain.append(proposal)
        proposal = request.record.proposal(proposal.revision_of) if proposal.revision_of else None
    return chain


def turns(request: WriterRequest) -> list[int]:
    """The seeds of the variants to write: a refinement keeps that of the proposal it began with."""
    chain = ancestors(request)
    if chain:
        return [max(0, chain[-1].version - 1)]
    start = len(request.record.proposals)
    return list(range(start, start + max(1, request.work.count)))
