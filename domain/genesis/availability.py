"""Which commands make sense now, and why not. `decide` obeys it and the page shows it: one truth for both sides."""

from dataclasses import dataclass

from genesis_types.enums import CommandType, GenesisMode, GenesisStage, GenesisStatus, StageStatus

from domain.genesis import rejections
from domain.genesis.stages import MODES, STAGE_BY_KEY, STAGE_ORDER

SETTLED = (StageStatus.CONFIRMED, StageStatus.STALE)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The little that availability depends on."""

    mode: GenesisMode
    status: GenesisStatus
    current_stage: GenesisStage
    pending: bool
    stages: dict[GenesisStage, StageStatus]

    @property
    def frontier(self) -> GenesisStage | None:
        """The first stage that is not confirmed, or None when all are."""
        return next((stage for stage in STAGE_ORDER if self.stages[stage] not in SETTLED), None)

    def is_open(self, stage: GenesisStage) -> bool:
        """Whether the mode lets the writer work in `stage` now."""
        if stage not in self.stages:
            return False
        return MODES[self.mode].free_navigation or self.stages[stage] in SETTLED or stage == self.frontier


@dataclass(frozen=True, slots=True)
class Action:
    """A command with whether it can be given now; `reason` is a sentence for the writer when it cannot."""

    command_type: CommandType
    stage: GenesisStage | None
    enabled: bool
    code: str | None = None
    reason: str | None = None


_PER_STAGE = (
    CommandType.GENERATE_INSPIRATION,
    CommandType.PROVIDE_FEEDBACK,
    CommandType.EDIT_CONTENT,
    CommandType.CONFIRM_STAGE,
    CommandType.NAVIGATE_TO_STAGE,
)
_PER_SESSION = (
    CommandType.SELECT_CONCEPT,
    CommandType.FIND_CONTRADICTIONS,
    CommandType.CORRECT_CONTRADICTIONS,
    CommandType.DISMISS_CONTRADICTIONS,
    CommandType.RESTORE_CONTRADICTIONS,
    CommandType.CANCEL_GENERATION,
    CommandType.FINISH_GENESIS,
    CommandType.ABANDON_GENESIS,
    CommandType.EXTEND_SESSION,
    CommandType.BRANCH_GENESIS,
)
# Finishing asks for nobody's work: what is ready when the time is up need not be extended to be finished.
_WHILE_PAUSED = (
    CommandType.EXTEND_SESSION,
    CommandType.FINISH_GENESIS,
    CommandType.ABANDON_GENESIS,
    CommandType.BRANCH_GENESIS,
)


def available_actions(facts: SessionFacts) -> tuple[Action, ...]:
    """Every command a page could offer, enabled or with its reason."""
    actions = [_action(command_type, stage, facts) for command_type in _PER_STAGE for stage in STAGE_ORDER]
    actions += [_action(command_type, None, facts) for command_type in _PER_SESSION]
    return tuple(actions)


def _action(command_type: CommandType, stage: GenesisStage | None, facts: SessionFacts) -> Action:
    refusal = why_not(command_type, stage, facts)
    if refusal is None and _needs_proposal(command_type, stage, facts):
        refusal = (rejections.STAGE_EMPTY, "There is nothing in this stage yet. Ask for proposals first.")
    if refusal is None:
        return Action(command_type, stage, enabled=True)
    return Action(command_type, stage, enabled=False, code=refusal[0], reason=refusal[1])


def _needs_proposal(command_type: CommandType, stage: GenesisStage | None, facts: SessionFacts) -> bool:
    """Commands that point at a proposal, which `decide` checks by its id, have none to point at."""
    if stage is None or facts.stages[stage] is not StageStatus.EMPTY:
        return False
    return command_type in (CommandType.PROVIDE_FEEDBACK, CommandType.CONFIRM_STAGE)


def why_not(command_type: CommandType, stage: GenesisStage | None, facts: SessionFacts) -> tuple[str, str] | None:
    """(code, sentence) when the command cannot be given now, else None."""
    if command_type is CommandType.BRANCH_GENESIS:
        return None
    if facts.status in (GenesisStatus.COMPLETED, GenesisStatus.ABANDONED):
        word = "finished" if facts.status is GenesisStatus.COMPLETED else "abandoned"
        return rejections.SESSION_ENDED, f"This genesis is {word}. You can branch a new one from it."
    if facts.status is GenesisStatus.PAUSED and command_type not in _WHILE_PAUSED:
        return rejections.SESSION_PAUSED, "This session's time is up. Extend it to go on; nothing is lost."
    if facts.pending and _waits_for_work(command_type, facts):
        return "COMMAND_ACTIVE", "A generation is still running in this session. Wait for it, or stop it first."
    if stage is not None and not facts.is_open(stage):
        return _closed(stage, facts)
    return _rule(command_type, stage, facts)


def _waits_for_work(command_type: CommandType, facts: SessionFacts) -> bool:
    if command_type is CommandType.CONFIRM_STAGE:
        return MODES[facts.mode].auto_advance  # the confirmation itself would start the next generation
    return command_type in (
        CommandType.GENERATE_INSPIRATION,
        CommandType.PROVIDE_FEEDBACK,
        CommandType.FIND_CONTRADICTIONS,
        CommandType.FINISH_GENESIS,
    )


def _closed(stage: GenesisStage, facts: SessionFacts) -> tuple[str, str]:
    if stage not in facts.stages:
        return rejections.WRONG_STAGE, "The finish is reached by completing the genesis, not by going there."
    before = STAGE_BY_KEY[facts.frontier].label if facts.frontier else ""
    return rejections.STAGE_LOCKED, f"In guided mode this stage opens when “{before}” is confirmed."


def _rule(command_type: CommandType, stage: GenesisStage | None, facts: SessionFacts) -> tuple[str, str] | None:
    match command_type:
        case CommandType.CANCEL_GENERATION if not facts.pending:
            return rejections.NOTHING_TO_CANCEL, "Nothing is being generated."
        case CommandType.SELECT_CONCEPT if facts.stages[GenesisStage.CONCEPT_SELECTION] is StageStatus.EMPTY:
            return rejections.STAGE_EMPTY, "There are no concepts to choose from yet."
        case CommandType.FIND_CONTRADICTIONS if sum(one in SETTLED for one in facts.stages.values()) < 2:
            return rejections.NOTHING_TO_COMPARE, "Two stages have to be confirmed before they can be compared."
        case CommandType.NAVIGATE_TO_STAGE if stage == facts.current_stage:
            return rejections.ALREADY_THERE, "You are in this stage already."
        case CommandType.FINISH_GENESIS if facts.frontier is not None:
            label = STAGE_BY_KEY[facts.frontier].label
            return rejections.NOT_READY, f"Every stage has to be confirmed first; “{label}” is not."
        case _:
            return None
