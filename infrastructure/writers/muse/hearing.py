"""Which wishes hold for a generation: everything said so far in the session, each where it belongs."""

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Feedback, Proposal
from infrastructure.writers.muse.wishes import Wish, parse

# What holds from stage to stage. A title belongs to the text it was given for; a free note to its own stage.
_LASTING = (
    "name",
    "rename",
    "gender",
    "place",
    "trade",
    "tone",
    "reject",
    "words",
    "structure",
    "pov",
    "tense",
    "chapters",
    "add",
)


class Hearing:
    """The session's feedback, taken apart once. `before` holds for the text as it was, `after` with what is new."""

    def __init__(self, request: WriterRequest) -> None:
        work = request.work
        said = {feedback.id: (stage, feedback) for stage, feedback in request.feedback}
        for feedback in request.record.feedback:
            said.setdefault(feedback.id, (work.stage, feedback))
        self.current = said.pop(work.feedback_id)[1] if work.feedback_id in said else None
        lineage = ancestors(request)
        self.before: list[tuple[GenesisStage, Wish]] = [
            (stage, wish)
            for stage, feedback in said.values()
            for wish in parse(feedback.text)
            if _holds(wish, feedback, stage == work.stage, lineage, request)
        ]
        new = self.current.text if self.current else work.instructions
        self.new: tuple[Wish, ...] = parse(new) if new.strip() else ()
        self.failed: list[Wish] = []
        self.path = self.current.path if self.current else None
        self.after = [*self.before, *((work.stage, wish) for wish in self.new)]

    def notes(self) -> tuple[str, ...]:
        """Free text to be worked in, oldest first."""
        return tuple(wish.value for _, wish in self.after if wish.kind in ("note", "add"))


def _holds(wish: Wish, feedback: Feedback, same_stage: bool, lineage: list[Proposal], request: WriterRequest) -> bool:
    own = any(feedback.proposal_id == proposal.id for proposal in lineage)
    if wish.kind == "title":
        return same_stage and own and feedback.path in (None, "/title", "/working_title")
    if wish.kind == "note":
        return same_stage and (own or request.target is None) and feedback.path is None
    if feedback.path is not None and wish.kind not in ("name", "rename", "reject"):
        return False
    return wish.kind in _LASTING


def ancestors(request: WriterRequest) -> list[Proposal]:
    """The target of a refinement and what it came from, newest first."""
    chain: list[Proposal] = []
    proposal = request.target
    while proposal is not None and proposal not in chain:
        chain.append(proposal)
        proposal = request.record.proposal(proposal.revision_of) if proposal.revision_of else None
    return chain


def turns(request: WriterRequest) -> list[int]:
    """The seeds of the variants to write: a refinement keeps the turn of the proposal it began with."""
    chain = ancestors(request)
    if chain:
        return [max(0, chain[-1].version - 1)]
    start = len(request.record.proposals)
    return list(range(start, start + max(1, request.work.count)))
