"""Reads states that stay small, and what was left out of them: one proposal, one stage, pages of both lists.

Large contents stay in the database until they are asked for. Of a state that is too large, what depends on its version
alone is remembered for a while, so that many readers who come one after the other cost one reading.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from genesis_types.enums import GenesisStage
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from domain.genesis.stages import STAGES
from projections.engine.batch_loader import Together
from projections.genesis import contents_sql
from projections.genesis.compact import MOST, compact_page, compact_stages, encoded, framed_state, joined
from projections.genesis.compact_views import (
    CompactProposal,
    CompactStage,
    CompactState,
    FeedbackPage,
    ProposalPage,
    StageDetail,
)
from projections.genesis.session_view import pending_view, session_facts, session_state
from projections.genesis.views import Content, FeedbackView, PendingView, ProposalView, SessionState

_LARGE = 2 * MOST
"""Bytes as PostgreSQL holds them, a little less or more than as JSON: what is larger is not read for a frame."""

_LINES, _FEEDBACK = 250, 60
"""Of each stage, more than a frame has room for."""

_REMEMBERED, _SECONDS = 64, 60.0
"""States whose stages are kept, each of less than MOST bytes, and for how long."""

Asked = tuple[UUID, UUID]


class Standing(NamedTuple):
    """A state as it is sent, and what its sender has to know of it; `work` is the generation that runs."""

    version: int
    work: UUID | None
    warns_at: datetime | None
    body: bytes


class _Stages(NamedTuple):
    """What of a session's state depends on its version alone, within its budget."""

    stages: tuple[CompactStage, ...]
    confirmed: Mapping[GenesisStage, Content | None]
    working_title: str | None
    concept_title: str | None


class Contents:
    """None from a question means: no such thing, or not this user's; the two look alike on purpose."""

    def __init__(self, pool: AsyncConnectionPool, clock: Callable[[], datetime]) -> None:
        self._pool = pool
        self._clock = clock
        self._small = Together(self._read_small)
        self._large = Together(self._read_large, most=8)
        self._remembered: OrderedDict[tuple[UUID, int], tuple[float, _Stages]] = OrderedDict()

    async def _rows(self, query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.encode(), parameters)
            return await cursor.fetchall()

    async def standing(self, session_id: UUID, user_id: UUID) -> Standing | None:
        """The state as a frame has it: whole if it fits, else without its oldest and largest contents."""
        row = await self._small.ask((session_id, user_id))
        if row is None:
            return None
        if row["confirmed_data"] is not None:
            return self._whole(row)
        key = (session_id, row["version"])
        stages = self._recall(key)
        if stages is None:
            row = await self._large.ask((session_id, user_id))
            if row is None:
                return None
            key = (session_id, row["version"])
            stages = self._recall(key) or self._keep(key, row)
        return self._compact(row, stages)

    def _whole(self, row: dict[str, Any]) -> Standing:
        confirmed = row["confirmed_data"]
        titles = {
            "working_title": confirmed.get("STORY_CONCEPTION", {}).get("working_title"),
            "concept_title": confirmed.get("CONCEPT_SELECTION", {}).get("title"),
        }
        state: SessionState = session_state(row | titles | {"records": row["records"] or {}}, self._clock())
        return _standing(state, framed_state(state))

    def _compact(self, row: dict[str, Any], shown: _Stages) -> Standing:
        titles = {"working_title": shown.working_title, "concept_title": shown.concept_title}
        statuses = {stage.stage: stage.status for stage in shown.stages}
        pending = pending_view(row)
        state = joined(
            session_facts(row | titles, statuses, self._clock()),
            shown.stages,
            shown.confirmed,
            pending,
            draft_left_out=row["has_draft"] and row["task_draft"] is None,
        )
        return _standing(state, encoded(state))

    def _recall(self, key: tuple[UUID, int]) -> _Stages | None:
        found = self._remembered.get(key)
        if found is None or found[0] < time.monotonic():
            return None
        self._remembered.move_to_end(key)
        return found[1]

    def _keep(self, key: tuple[UUID, int], row: Mapping[str, Any]) -> _Stages:
        stages, confirmed = compact_stages(
            _stages(row["stages"] or {}), _confirmed(row["confirmed_data"] or {}), GenesisStage(row["current_stage"])
        )
        kept = _Stages(stages, confirmed, row["working_title"], row["concept_title"])
        self._remembered[key] = (time.monotonic() + _SECONDS, kept)
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
        return kept

    async def _read_small(self, asked: Sequence[Asked]) -> dict[Asked, dict[str, Any]]:
        return await self._read_states(contents_sql.SMALL, asked, most=MOST)

    async def _read_large(self, asked: Sequence[Asked]) -> dict[Asked, dict[str, Any]]:
        return await self._read_states(contents_sql.LARGE, asked, most=_LARGE, lines=_LINES, feedback=_FEEDBACK)

    async def _read_states(self, query: str, asked: Sequence[Asked], **limits: int) -> dict[Asked, dict[str, Any]]:
        sessions, users = (list(column) for column in zip(*asked, strict=True))
        rows = await self._rows(query, {"sessions": sessions, "users": users, **limits})
        return {(row["id"], row["user_id"]): row for row in rows}

    async def proposal(self, session_id: UUID, user_id: UUID, proposal_id: UUID) -> ProposalView | None:
        """One proposal with its whole content."""
        parameters = {"session_id": session_id, "user_id": user_id, "proposal_id": str(proposal_id)}
        rows = await self._rows(contents_sql.PROPOSAL, parameters)
        if not rows:
            return None
        found: dict[str, Any] = rows[0]["proposal"]
        return ProposalView.model_validate({name: found[name] for name in ProposalView.model_fields})

    async def stage(self, session_id: UUID, user_id: UUID, stage: GenesisStage) -> StageDetail | None:
        """What is settled of one stage, with all its locks and its whole confirmed content."""
        parameters = {"session_id": session_id, "user_id": user_id, "stage": stage}
        rows = await self._rows(contents_sql.STAGE, parameters)
        if not rows:
            return None
        lists = {name: rows[0][name] or () for name in ("locked_paths", "shortlist")}
        return StageDetail.model_validate(rows[0] | lists | {"stage": stage})

    async def proposals(
        self, session_id: UUID, user_id: UUID, stage: GenesisStage, before: int | None, *, limit: int
    ) -> ProposalPage | None:
        """Proposals of a stage, newest first, from before place `before` on; with contents as far as a page goes."""
        parameters = {"session_id": session_id, "user_id": user_id, "stage": stage}
        rows = await self._rows(contents_sql.PROPOSALS, parameters | {"before": before, "limit": limit, "most": _LARGE})
        if not rows:
            return None
        found = rows[0]["proposals"] or ()
        last = found[-1].get("place") if found else 0
        items = compact_page([_line(item) for item in found])
        return ProposalPage(items=items, next_cursor=str(last) if last else None)

    async def feedback(
        self,
        session_id: UUID,
        user_id: UUID,
        stage: GenesisStage,
        before: int | None,
        *,
        limit: int,
        proposal_id: UUID | None = None,
    ) -> FeedbackPage | None:
        """What was said about the proposals of a stage, or about one of them, newest first."""
        parameters = {"session_id": session_id, "user_id": user_id, "stage": stage, "before": before}
        about = None if proposal_id is None else str(proposal_id)
        rows = await self._rows(contents_sql.FEEDBACK, parameters | {"limit": limit + 1, "proposal_id": about})
        if not rows:
            return None
        found = [row for row in rows if row["item"] is not None]
        shown = found[:limit]
        return FeedbackPage(
            items=tuple(FeedbackView.model_validate(row["item"]) for row in shown),
            next_cursor=str(shown[-1]["place"]) if len(found) > limit else None,
        )


def _standing(state: SessionState | CompactState, body: bytes) -> Standing:
    pending: PendingView | None = state.pending
    return Standing(state.version, pending.correlation_id if pending else None, state.warns_at, body)


def _line(item: dict[str, Any]) -> CompactProposal:
    """A proposal of a page, with its content where the page has room for it."""
    facts = {name: item[name] for name in ProposalView.model_fields}
    if item["content"] is not None:
        return CompactProposal.model_validate(facts)
    return CompactProposal.model_validate(
        facts
        | {
            "adjustments": (),
            "notes": (),
            "note_codes": (),
            "omitted": True,
            "content_bytes": item["content_bytes"],
            "title": item["title"],
        }
    )


def _confirmed(stored: Mapping[str, Content | None]) -> dict[GenesisStage, Content | None]:
    return {stage.key: stored[stage.key] for stage in STAGES if stage.key in stored}


def _stages(stored: Mapping[str, dict[str, Any]]) -> tuple[CompactStage, ...]:
    """All stages in their order; one that nothing has touched has no row."""
    found = []
    for stage in STAGES:
        row = dict(stored.get(stage.key, {}))
        proposals, feedback = row.pop("proposals", None) or (), row.pop("feedback", None) or ()
        more = {
            "more_proposals": row.pop("all_proposals", 0) - len(proposals),
            "more_feedback": row.pop("all_feedback", 0) - len(feedback),
        }
        empty = {"status": "empty", "locked_paths": (), "shortlist": (), "confirmed_proposal_id": None}
        facts = {"stage": stage.key, "label": stage.label, "label_zh": stage.label_zh}
        found.append(
            CompactStage.model_validate(facts | empty | row | more | {"proposals": proposals, "feedback": feedback})
        )
    return tuple(found)
