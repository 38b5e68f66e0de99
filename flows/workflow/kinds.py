"""The kinds of work in pieces: which class carries out which request."""

from collections.abc import Mapping

from domain.aggregate import Aggregate
from domain.chapter.draft_events import ChapterDraftRequested, RewriteRequested
from domain.project.contents_events import ContentsRequested
from domain.project.initiation_events import InitiationResumed, ProjectInitiated
from domain.work import WorkRequested
from flows.workflow.draft_chapter import ChapterDraft
from flows.workflow.in_pieces import AnyWork
from flows.workflow.initiate import ProjectIdeas
from flows.workflow.write_contents import WrittenContents

KINDS: Mapping[type[WorkRequested], type[AnyWork]] = {
    ChapterDraftRequested: ChapterDraft,
    RewriteRequested: ChapterDraft,
    ContentsRequested: WrittenContents,
    ProjectInitiated: ProjectIdeas,
    InitiationResumed: ProjectIdeas,
}
STREAMS_WITH_WORK: Mapping[str, Aggregate] = {kind.aggregate.aggregate_type: kind.aggregate for kind in KINDS.values()}
