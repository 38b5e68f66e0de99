"""What a state looks like that has to stay small, and the pages and details by which the rest of it is had."""

from typing import Annotated
from uuid import UUID

from genesis_types.enums import GenesisStage, StageStatus
from pydantic import Field

from projections.genesis.views import (
    Content,
    FeedbackView,
    Page,
    PendingView,
    ProposalFacts,
    StageFacts,
    StateFacts,
    View,
)


class CompactProposal(ProposalFacts[Content | None]):
    """A proposal, or what is said of it where its content is left out: `content` is had by the proposal's id then.

    With the content go its `adjustments` and `notes`. `content_bytes` is about how large it is, `title` what it calls
    itself.
    """

    omitted: bool = False
    content_bytes: int | None = None
    title: str | None = None


class CompactStage(StageFacts[CompactProposal]):
    """What lies on the table of one stage, the newest of it where it is much: `more_…` count what is left out.

    What `shortlist` and `confirmed_proposal_id` point at is among the proposals, however old it is.
    """

    more_proposals: int = 0
    more_feedback: int = 0
    more_locked_paths: int = 0


class StageDetail(View):
    """What is settled of one stage, as of the session's `version`: all locks, and the content that is confirmed."""

    session_id: UUID
    version: int
    stage: GenesisStage
    status: StageStatus
    locked_paths: tuple[str, ...]
    shortlist: tuple[UUID, ...]
    confirmed_proposal_id: UUID | None
    confirmed: Content | None


class CompactPending(PendingView):
    """`draft_omitted`: the draft is too long for here; the stream sends it in pieces."""

    draft_omitted: bool = False


class CompactState(StateFacts[CompactPending, Content | None, CompactStage]):
    """The state within 200 KB, as the `state` frame of the stream has it. Where everything fits, the same as GET state.

    Where it does not, contents are null: the oldest and the largest. They are had by the proposal's id, and what is
    confirmed by the stage's name. Of a long spark its beginning is shown; GET state has all of it.
    """

    more_seed: Annotated[int, Field(description="Characters of the spark that are left out.")] = 0


class ProposalPage(Page[CompactProposal]):
    """Proposals of one stage, newest first."""


class FeedbackPage(Page[FeedbackView]):
    """What was said about the proposals of one stage, newest first."""
