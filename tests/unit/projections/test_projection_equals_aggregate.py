"""Whatever happens to a session: the read side says what the aggregate says."""

from hypothesis import settings
from hypothesis.stateful import invariant

from domain.genesis.premise import Premise
from domain.genesis.proposals import StageRecord
from domain.genesis.stages import STAGE_ORDER
from projections.genesis.session import GENESIS_SESSION, SessionRow, StageRow
from projections.genesis.timeline import TimelineRow
from tests.support.projections import project, rows
from tests.unit.domain.test_session_machine import SessionMachine


class ProjectedMachine(SessionMachine):
    """The aggregate's own machine, with its projection held beside it."""

    @invariant()
    def the_rows_say_what_the_state_says(self) -> None:
        if not hasattr(self, "story"):
            return
        state = self.story.state
        working = project(GENESIS_SESSION, self.story.events)
        (row,) = rows(working, SessionRow)
        pending = str(state.pending.correlation_id) if state.pending else None
        assert (row.pending or {}).get("correlation_id") == pending
        assert row.is_pending == (state.pending is not None)
        assert Premise.of(row) == state.premise
        for name in ("user_id", "mode", "status", "current_stage", "version", "turn", "novel_id"):
            assert getattr(row, name) == getattr(state, name), name
        assert row.expires_at == state.expires_at
        records = {item.stage: item for item in rows(working, StageRow)}
        for stage in STAGE_ORDER:
            found = records[stage].record if stage in records else StageRecord()
            assert found == state.stages[stage]
            if stage in records:
                assert records[stage].status is state.stages[stage].status
            assert row.confirmed_data.get(stage) == state.stages[stage].confirmed
        assert [entry.version for entry in rows(working, TimelineRow)] == list(range(1, state.version + 1))


TestProjectedMachine = ProjectedMachine.TestCase
TestProjectedMachine.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
