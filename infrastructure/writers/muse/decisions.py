"""What the writer decided: the intents that hold for a generation, and the latest word on every question."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Feedback, Proposal
from domain.genesis.stages import STAGE_ORDER
from infrastructure.writers.muse.intents import Intent, IntentKind, read_intents
from infrastructure.writers.muse.lexicon import language_of

_PASSING = (IntentKind.NOTE, IntentKind.REWRITE, IntentKind.CONTRADICTION)
"""What says nothing about later texts."""
_OPPOSITE = {IntentKind.ADD: IntentKind.DROP, IntentKind.DROP: IntentKind.ADD}


@dataclass(frozen=True, slots=True)
class Decisions:
    """Intents with the stage in which they were said, oldest first."""

    staged: tuple[tuple[GenesisStage, Intent], ...] = ()

    def said(self, kind: IntentKind, target: str = "") -> Intent | None:
        """The latest intent of a kind. `target`: a role, or what else tells two of a kind apart."""
        every = (one for _, one in reversed(self.staged) if one.kind is kind)
        return next((one for one in every if not target or (one.target or "protagonist") == target), None)

    def of(self, kind: IntentKind, target: str = "") -> str:
        found = self.said(kind, target)
        return found.value if found else ""

    def every(self, kind: IntentKind) -> tuple[str, ...]:
        """All values of a kind, unless the opposite was said of one later (added, then dropped)."""
        last = {one.value: one.kind for _, one in self.staged if one.kind in (kind, _OPPOSITE.get(kind))}
        return tuple(value for value, latest in last.items() if latest is kind)

    def within(self, *stages: GenesisStage) -> "Decisions":
        return Decisions(tuple(pair for pair in self.staged if pair[0] in stages))

    def after(self, stage: GenesisStage, now: GenesisStage) -> "Decisions":
        """What was said later than `stage` was confirmed: in the stages after it, and in the present one."""
        return self.within(*STAGE_ORDER[STAGE_ORDER.index(stage) + 1 :], now)


class Heard:
    """The session's feedback, read once. `before` held for the text as it was; `new` is what this work answers.

    `people`: who exists already, name or description -> role key.
    """

    def __init__(self, request: WriterRequest, people: Mapping[str, str]) -> None:
        work, self.language, self.people = request.work, language_of(request.premise.language), people
        said = {feedback.id: (stage, feedback) for stage, feedback in request.feedback}
        said |= {one.id: (work.stage, one) for one in request.record.feedback if one.id not in said}
        current = said.pop(work.feedback_id)[1] if work.feedback_id in said else None
        lineage = {proposal.id for proposal in ancestors(request)}
        self.path = current.path if current else None
        self.before = Decisions(
            tuple(
                (stage, self._resolved(intent))
                for stage, feedback in said.values()
                for intent in read_intents(feedback.text, self.language, people)
                if _holds(intent, feedback, stage is work.stage and feedback.proposal_id in lineage)
            )
        )
        new = current.text if current else work.instructions
        self.new = read_intents(new, self.language, people) if new.strip() else ()
        self.after = self.with_(*self.new, stage=work.stage)

    def with_(self, *intents: Intent, stage: GenesisStage) -> Decisions:
        """What held before and `intents`."""
        return Decisions((*self.before.staged, *((stage, self._resolved(one)) for one in intents)))

    def _resolved(self, intent: Intent) -> Intent:
        """The intent with the role of whom it is about."""
        return replace(intent, target=self.people.get(intent.target, intent.target))

    def called(self, intent: Intent) -> str:
        """A name of whom an intent is about, as far as one is known."""
        role = self._resolved(intent).target or "protagonist"
        return next((name for name, other in self.people.items() if other == role), "")


def _holds(intent: Intent, feedback: Feedback, own: bool) -> bool:
    """Whether feedback that was answered before still counts: a title only for the text that it was given to."""
    if intent.kind is IntentKind.TITLE:
        return own and feedback.path in (None, "/title", "/working_title")
    lasting = feedback.path is None or intent.kind in (IntentKind.RENAME, IntentKind.DROP)
    return lasting and intent.kind not in _PASSING


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
