"""Whatever the sequence of commands: the session keeps its promises."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from genesis_types.enums import CommandType, GenesisMode, GenesisStage, GenesisStatus
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.aggregates import AGGREGATES
from domain.genesis.agreement import agreement, contradictions
from domain.genesis.availability import available_actions
from domain.genesis.commands import (
    AbandonGenesis,
    AnyBody,
    CancelGeneration,
    ConfirmStage,
    CorrectContradictions,
    DismissContradictions,
    EditContent,
    ExpireWait,
    ExtendSession,
    FailGeneration,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    PauseSession,
    ProvideFeedback,
    RecordProposals,
    RestoreContradictions,
    SelectConcept,
    StartGenesis,
)
from domain.genesis.decide import decide
from domain.genesis.events import (
    ContentCorrected,
    ContradictionsDismissed,
    GenerationCancelled,
    GenerationRequested,
    GenesisAbandoned,
    GenesisCompleted,
    LocksChanged,
    ProposalsRecorded,
    SessionPaused,
    StageConfirmed,
    WaitExpired,
)
from domain.genesis.proposals import resolve
from domain.genesis.session import fold
from domain.genesis.settled import settled
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import Rejection
from tests.support.genesis import CONTENT, SESSION, Story

stages = st.sampled_from(STAGE_ORDER)
LOCKABLE = {
    GenesisStage.CONCEPT_SELECTION: "/title",
    GenesisStage.STORY_CONCEPTION: "/working_title",
    GenesisStage.CHARACTERS: "/characters/mara/name",
    GenesisStage.WORLDVIEW: "/setting/place",
    GenesisStage.PLOT_OUTLINE: "/chapters/0/title",
}
TURNS = GenerationRequested | GenerationCancelled | SessionPaused | GenesisCompleted | GenesisAbandoned


class SessionMachine(RuleBasedStateMachine):
    """Commands of all kinds, refused or not, in any order."""

    @initialize(mode=st.sampled_from(GenesisMode), confirmed=st.integers(-1, len(STAGE_ORDER)))
    def begin(self, mode: GenesisMode, confirmed: int) -> None:
        """From every depth: an untouched session, a running one, some stages confirmed, all of them."""
        self.story = Story()
        self.story.when(StartGenesis(mode=mode, seed="" if confirmed < 0 else "a bell"))
        for stage in STAGE_ORDER[: max(confirmed, 0)]:
            if self.story.state.pending is None:
                self.story.when(GenerateInspiration(stage=stage))
            self.story.proposals_arrive()
            self.story.when(ConfirmStage(stage=stage, proposal_id=self.story.proposal_id(stage)))

    def give(self, body: AnyBody, *, internal: bool = False) -> None:
        """Give a command; check what changed against what it may change, and the offer against the decision."""
        story, before = self.story, self.story.state
        ended = before.status in (GenesisStatus.COMPLETED, GenesisStatus.ABANDONED)
        command = story.command(body, by=None if internal else before.user_id)
        offered = {(action.command_type, action.stage): action.enabled for action in available_actions(before.facts)}
        kind = body.command_type
        stage = getattr(body, "stage", None) or before.current_stage
        try:
            facts = decide(command, before, story.now)
        except Rejection:
            return
        assert facts
        assert not ended, "a fact after the end"
        if isinstance(kind, CommandType):
            enabled = [on for (command_type, at), on in offered.items() if command_type is kind and at in (None, stage)]
            if not isinstance(body, ProvideFeedback) and getattr(body, "content", None) is None:
                assert all(enabled), f"{kind} was accepted though the page would not offer it"
        story.session = fold(SESSION, facts, before)
        story.events.extend(facts)
        after = story.state
        for key in STAGE_ORDER:
            if not any(isinstance(fact, StageConfirmed | ContentCorrected) and fact.stage is key for fact in facts):
                assert after.stages[key].confirmed == before.stages[key].confirmed, (
                    "a confirmed value changed by itself"
                )
            if not any(isinstance(fact, LocksChanged) and fact.stage is key for fact in facts):
                assert after.stages[key].locked_paths == before.stages[key].locked_paths
        for fact in facts:
            if isinstance(fact, ProposalsRecorded):
                record = before.stages[fact.stage]
                for path in record.locked_paths:
                    for proposal in fact.proposals:
                        assert record.lock_base is not None
                        assert resolve(proposal.content, path) == resolve(record.lock_base, path), "a lock was broken"

    def some_proposal(self, data: st.DataObject, stage: GenesisStage) -> UUID | None:
        found = [proposal.id for proposal in self.story.state.stages[stage].proposals]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(stage=st.none() | stages, count=st.none() | st.integers(1, 4))
    def generate(self, stage: GenesisStage | None, count: int | None) -> None:
        self.give(GenerateInspiration(stage=stage, count=count))

    @rule(word=st.sampled_from(["one", "two", "three"]))
    def proposals_arrive(self, word: str) -> None:
        pending = self.story.state.pending
        if pending is not None:
            content: dict[str, Any] = CONTENT[pending.stage]
            by_stage: dict[GenesisStage, dict[str, Any]] = {
                GenesisStage.CONCEPT_SELECTION: {"title": word},
                GenesisStage.STORY_CONCEPTION: {"working_title": word},
                GenesisStage.CHARACTERS: {
                    "characters": [{"id": word, "name": word, "one_line_storyline": "Arrives."}],
                },
                GenesisStage.WORLDVIEW: {"setting": {"place": word}},
                GenesisStage.PLOT_OUTLINE: {"chapters": [{"n": 1, "title": word, "summary": "Begins."}]},
            }
            body = RecordProposals(
                correlation_id=pending.correlation_id,
                contents=(content | by_stage[pending.stage],) * 3,
                writer="muse",
                model="muse-1",
                prompt_version="1",
            )
            self.give(body, internal=True)

    @rule()
    def generation_fails(self) -> None:
        if self.story.state.pending is not None:
            work = self.story.state.pending.correlation_id
            self.give(FailGeneration(correlation_id=work, code="X", message="No answer."), internal=True)

    @rule(data=st.data(), stage=stages)
    def give_feedback(self, data: st.DataObject, stage: GenesisStage) -> None:
        if (proposal := self.some_proposal(data, stage)) is not None:
            self.give(ProvideFeedback(proposal_id=proposal, text="darker"))

    @rule(data=st.data(), stage=stages, own=st.booleans())
    def confirm(self, data: st.DataObject, stage: GenesisStage, own: bool) -> None:
        proposal = None if own else self.some_proposal(data, stage)
        self.give(ConfirmStage(stage=stage, proposal_id=proposal, content=CONTENT[stage] if own else None))

    @rule(data=st.data(), stage=stages, write=st.booleans(), lock=st.sampled_from([None, True, False]))
    def edit(self, data: st.DataObject, stage: GenesisStage, write: bool, lock: bool | None) -> None:
        paths = None if lock is None else ((LOCKABLE[stage],) if lock else ())
        proposal = self.some_proposal(data, stage)
        content = CONTENT[stage] if write else None
        self.give(EditContent(stage=stage, proposal_id=proposal, content=content, locked_paths=paths))

    @rule(name=st.sampled_from(["Mara Venn", "Ada Venn", "Eve Lund"]))
    def rename(self, name: str) -> None:
        """The one person of the cast is called otherwise, in what is confirmed."""
        stage = GenesisStage.CHARACTERS
        confirmed = self.story.state.stages[stage].confirmed
        if confirmed is not None:
            people: Any = confirmed["characters"]
            self.give(ConfirmStage(stage=stage, content={"characters": [people[0] | {"name": name}]}))

    @rule(data=st.data(), accept=st.booleans())
    def settle_a_contradiction(self, data: st.DataObject, accept: bool) -> None:
        found = contradictions(settled(self.story.state.stages))
        if not found:
            return
        one = data.draw(st.sampled_from(found))
        before = len(self.story.events)
        body = CorrectContradictions if accept else DismissContradictions
        self.give(body(contradiction_ids=(one.id,)))
        if len(self.story.events) == before:
            return
        (fact,) = self.story.events[before:]
        assert isinstance(fact, ContentCorrected if accept else ContradictionsDismissed)
        assert not accept or (one.proposed is not None and not one.locked)
        assert one.id not in {other.id for other in contradictions(settled(self.story.state.stages))}

    @rule(data=st.data())
    def bring_up_a_contradiction_again(self, data: st.DataObject) -> None:
        left = agreement(settled(self.story.state.stages)).dismissed
        if not left:
            return
        one = data.draw(st.sampled_from(left))
        before = len(self.story.events)
        self.give(RestoreContradictions(contradiction_ids=(one.id,)))
        if len(self.story.events) == before:
            return
        assert one.id not in {other.id for other in agreement(settled(self.story.state.stages)).dismissed}

    @rule(data=st.data())
    def shortlist(self, data: st.DataObject) -> None:
        if (proposal := self.some_proposal(data, STAGE_ORDER[0])) is not None:
            self.give(SelectConcept(proposal_ids=(proposal,)))

    @rule(stage=stages)
    def navigate(self, stage: GenesisStage) -> None:
        self.give(NavigateToStage(stage=stage))

    @rule()
    def cancel(self) -> None:
        self.give(CancelGeneration())

    @rule(hours=st.integers(1, 400))
    def extend(self, hours: int) -> None:
        self.give(ExtendSession(hours=hours))

    @rule(hours=st.integers(0, 300))
    def time_passes(self, hours: int) -> None:
        self.story.now += timedelta(hours=hours)
        with suppress(Rejection):
            self.give(PauseSession(), internal=True)

    @rule(ahead=st.integers(-1, 2))
    def a_wait_expires(self, ahead: int) -> None:
        before = self.story.state
        self.give(ExpireWait(turn=before.turn + ahead), internal=True)
        if self.story.state is not before:
            assert ahead == 1, "only what the session waits for can time out"
            assert before.pending is None
            assert (self.story.state.turn, self.story.state.status) == (before.turn, GenesisStatus.IN_PROGRESS)

    @rule()
    def finish(self) -> None:
        self.give(FinishGenesis())

    @rule(sure=st.sampled_from(range(20)))
    def abandon(self, sure: int) -> None:
        if sure == 13:
            self.give(AbandonGenesis())

    @invariant()
    def folding_all_at_once_gives_the_same_state(self) -> None:
        if hasattr(self, "story"):
            stored = [
                AGGREGATES.events[type(event).__name__].model_validate_json(event.model_dump_json())
                for event in self.story.events
            ]
            assert fold(SESSION, tuple(stored)) == self.story.session  # type: ignore[arg-type]

    @invariant()
    def versions_and_turns_have_no_holes(self) -> None:
        if hasattr(self, "story"):
            assert self.story.state.version == len(self.story.events)
            turns = [event.turn for event in self.story.events if isinstance(event, TURNS)]
            assert turns == list(range(1, len(turns) + 1))
            assert self.story.state.turn == len(turns)
            expired = [event.turn for event in self.story.events if isinstance(event, WaitExpired)]
            assert expired == sorted(set(expired)), "a wait expired twice"


SessionMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestSession = SessionMachine.TestCase
