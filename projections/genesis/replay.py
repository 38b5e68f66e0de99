"""Folds a session's events into what was shown of it then, by the projection's own `apply` and the same presenters.

What a state depends on besides the events, and what a replay makes of it:

- the time: a session warns before its time runs out. The time is given, so one moment always reads the same.
- running work: what the worker last stored of it (`pending.phase`, `progress`, `message`, `draft`, `draft_seq`) is not
  in the log. A replay shows work as it stands before the worker's first word: queued, without a draft.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from genesis_types.enums import GenesisStage

from domain.genesis.events import SessionExtended
from domain.genesis.proposals import StageRecord
from projections.engine.fold import fold_stream
from projections.engine.projection import StoredEvent
from projections.genesis.contradictions import ContradictionList, contradiction_list
from projections.genesis.session import GENESIS_SESSION, SessionRow, StageRow
from projections.genesis.session_view import session_state
from projections.genesis.views import SessionState

_READ = ("genesis_sessions", "genesis_stage_records")
_FOLDED = replace(GENESIS_SESSION, tables=tuple(table for table in GENESIS_SESSION.tables if table.name in _READ))
_NO_TASK = dict.fromkeys(("task_phase", "task_progress", "task_message", "task_draft", "task_draft_seq"))


def replayed_state(events: Sequence[StoredEvent], now: datetime) -> SessionState:
    """The state after `events`, all of one session's from its first on, as it was shown at the time `now`.

    Raises whatever `apply` raises for events that do not follow each other.
    """
    return session_state(_row(events), now)


def replayed_contradictions(events: Sequence[StoredEvent], _now: datetime) -> ContradictionList:
    """What GET contradictions found after `events`. Raises as `replayed_state` does."""
    session, records = _folded(events)
    return contradiction_list(
        {
            "id": session.id,
            "version": session.version,
            "confirmed_data": session.confirmed_data,
            "stages": {stage: vars(record) for stage, record in records.items()},
        }
    )


def _folded(events: Sequence[StoredEvent]) -> tuple[SessionRow, dict[GenesisStage, StageRecord]]:
    sessions, stages = fold_stream(_FOLDED, events, {}).rows
    found = cast(list[StageRow | None], list(stages.values()))
    return (
        cast(SessionRow, next(iter(sessions.values()))),
        {row.stage: row.record for row in found if row is not None},
    )


def _row(events: Sequence[StoredEvent]) -> Mapping[str, Any]:
    """What the query of GET state reads: the session, its stage records, its titles, and no running task."""
    session, records = _folded(events)
    confirmed = session.confirmed_data
    return {
        **vars(session),
        **_NO_TASK,
        "records": records,
        "working_title": confirmed.get(GenesisStage.STORY_CONCEPTION, {}).get("working_title"),
        "concept_title": confirmed.get(GenesisStage.CONCEPT_SELECTION, {}).get("title"),
        "period_started_at": next(
            (one.event.occurred_at for one in reversed(events) if isinstance(one.event, SessionExtended)),
            session.started_at,
        ),
    }
