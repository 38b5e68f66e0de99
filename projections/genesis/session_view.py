"""From the rows of the session projection to what is shown: title, actions, warnings. Pure; the time is given."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus, StageStatus

from domain.genesis.availability import SessionFacts, available_actions
from domain.genesis.premise import Premise
from domain.genesis.proposals import StageRecord
from domain.genesis.stages import STAGES
from projections.genesis.expiry_warnings import expiry_warning, warns_at
from projections.genesis.session import WAIT_EXPIRED
from projections.genesis.views import (
    ActionView,
    FeedbackView,
    IncompleteView,
    PendingView,
    ProposalView,
    RoundView,
    SessionState,
    StageView,
    WarningView,
)

_TITLE_WORDS = 8
_TITLE_CHARACTERS = 60
_LONGEST_TITLE = 200
"""Characters: what a writer may choose. A title that a text brings along is cut, so that lists of titles stay small."""

_UNTOUCHED = StageRecord()


def shown_title(title: str, working_title: str | None, concept_title: str | None, seed: str) -> str:
    """The writer's own title, else the confirmed story's, else the confirmed concept's, else how the spark begins."""
    if chosen := title or working_title or concept_title:
        return chosen if len(chosen) <= _LONGEST_TITLE else chosen[: _LONGEST_TITLE - 1] + "…"
    words = seed.split()
    short = " ".join(words[:_TITLE_WORDS])[:_TITLE_CHARACTERS]
    return short if short == " ".join(words) else short + "…"


def session_state(row: Mapping[str, Any], now: datetime) -> SessionState:
    """The state from one row of the query: the session, its stage records, and its running task if there is one."""
    stored = row["records"]
    records = {
        stage.key: StageRecord.model_validate(stored[stage.key]) if stage.key in stored else _UNTOUCHED
        for stage in STAGES
    }
    confirmed = row["confirmed_data"]
    return SessionState(
        **session_facts(row, {stage: record.status for stage, record in records.items()}, now),
        pending=pending_view(row),
        confirmed_data={stage.key: confirmed[stage.key] for stage in STAGES if stage.key in confirmed},
        stages=tuple(
            _stage(stage.key, stage.label, stage.label_zh, record)
            if (record := records[stage.key]) is not _UNTOUCHED
            else _untouched(stage.key, stage.label, stage.label_zh)
            for stage in STAGES
        ),
    )


def session_facts(
    row: Mapping[str, Any], statuses: Mapping[GenesisStage, StageStatus], now: datetime
) -> dict[str, Any]:
    """All of a state but its contents and its running task."""
    status, mode, current = GenesisStatus(row["status"]), GenesisMode(row["mode"]), GenesisStage(row["current_stage"])
    return {
        **{name: row[name] for name in Premise.model_fields},
        "session_id": row["id"],
        "title": shown_title(row["title"], row["working_title"], row["concept_title"], row["seed"]),
        "mode": mode,
        "status": status,
        "current_stage": current,
        "is_pending": row["is_pending"],
        "available_actions": _actions(mode, status, current, row["is_pending"], tuple(statuses.items())),
        "warnings": _warnings(row, status, now),
        "version": row["version"],
        "started_at": row["started_at"],
        "expires_at": row["expires_at"],
        "warns_at": warns_at(status, row["period_started_at"], row["expires_at"], now),
        "novel_id": row["novel_id"],
        "source_session_id": row["source_session_id"],
        "source_version": row["source_version"],
    }


@lru_cache(maxsize=1024)
def _actions(
    mode: GenesisMode,
    status: GenesisStatus,
    current: GenesisStage,
    pending: bool,
    stages: tuple[tuple[GenesisStage, StageStatus], ...],
) -> tuple[ActionView, ...]:
    """Remembered by all that it depends on: making them anew was 60 % of what a state took."""
    facts = SessionFacts(mode=mode, status=status, current_stage=current, pending=pending, stages=dict(stages))
    return tuple(
        ActionView(
            command_type=action.command_type,
            stage=action.stage,
            enabled=action.enabled,
            code=action.code,
            reason=action.reason,
        )
        for action in available_actions(facts)
    )


def pending_view(row: Mapping[str, Any]) -> PendingView | None:
    pending = row["pending"]
    if pending is None:
        return None
    return PendingView(
        command_type=pending["command_type"],
        correlation_id=pending["correlation_id"],
        stage=pending["stage"],
        since=pending["since"],
        phase=row["task_phase"] or "queued",
        progress=float(row["task_progress"] or 0),
        message=row["task_message"] or "",
        draft=row["task_draft"],
        draft_seq=row["task_draft_seq"] or 0,
    )


def _stage(stage: GenesisStage, label: str, label_zh: str, record: StageRecord) -> StageView:
    return StageView(
        stage=stage,
        label=label,
        label_zh=label_zh,
        status=record.status,
        locked_paths=record.locked_paths,
        shortlist=record.shortlist,
        confirmed_proposal_id=record.confirmed_proposal_id,
        proposals=tuple(
            # of a proposal that is valid: looking at every content again takes longer than all the rest
            ProposalView.model_construct(
                id=proposal.id,
                version=proposal.version,
                content=proposal.content,
                origin=proposal.origin,
                revision_of=proposal.revision_of,
                adjustments=proposal.adjustments,
                created_at=proposal.created_at,
                notes=proposal.notes,
                note_codes=proposal.note_codes,
            )
            for proposal in record.proposals
        ),
        feedback=tuple(
            FeedbackView(
                id=item.id,
                proposal_id=item.proposal_id,
                text=item.text,
                path=item.path,
                created_at=item.created_at,
            )
            for item in record.feedback
        ),
        last_round=RoundView(**record.last_round.model_dump()) if record.last_round else None,
        incomplete=tuple(IncompleteView(**one.model_dump()) for one in record.incomplete),
    )


@lru_cache
def _untouched(stage: GenesisStage, label: str, label_zh: str) -> StageView:
    return _stage(stage, label, label_zh, _UNTOUCHED)


def _warnings(row: Mapping[str, Any], status: GenesisStatus, now: datetime) -> tuple[WarningView, ...]:
    found = []
    if row["last_failure"] is not None:
        code = WAIT_EXPIRED if row["last_failure"]["code"] == WAIT_EXPIRED else "GENERATION_FAILED"
        found.append(WarningView(code=code, message=row["last_failure"]["message"]))
    expiring = expiry_warning(status, row["period_started_at"], row["expires_at"], now)
    if expiring is not None:
        found.append(expiring)
    return tuple(found)
