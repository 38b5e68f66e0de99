"""Lists what streams of server-sent events send: the name of each frame, and the model of its data."""

from collections.abc import Mapping

from pydantic import BaseModel

from api.schemas.responses import (
    ChapterDraftFrame,
    ChapterFrame,
    ConceptsFrame,
    CreditsFrame,
    DraftFrame,
    DraftPieceFrame,
    GoneFrame,
    IdeasDraftFrame,
    PresenceFrame,
    ProgressFrame,
    ProjectFrame,
    ReadyFrame,
    ResetFrame,
)
from projections.genesis.compact_views import CompactState
from projections.genesis.views import NovelPage, SessionItem, SessionPage, TimelineEntry

Models = Mapping[str, type[BaseModel]]

SESSION: Models = {
    "reset": ResetFrame,
    "timeline": TimelineEntry,
    "state": CompactState,
    "progress": ProgressFrame,
    "draft": DraftFrame,
    "draft_piece": DraftPieceFrame,
    "presence": PresenceFrame,
}
LISTS: Models = {
    "sessions": SessionPage,
    "session": SessionItem,
    "novels": NovelPage,
    "progress": ProgressFrame,
    "credits": CreditsFrame,
    "project": ProjectFrame,
    "chapter": ChapterFrame,
    "chapter_draft": ChapterDraftFrame,
    "concepts": ConceptsFrame,
    "ideas_draft": IdeasDraftFrame,
}
LIVE: Models = {**SESSION, **LISTS, "gone": GoneFrame, "ready": ReadyFrame}
"""Of the one live connection of a browser; each frame names its session."""
