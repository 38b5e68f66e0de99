"""One client of everything that is one user's: the lists first, then each line that moves."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from uuid import UUID

from pydantic import JsonValue

from api.schemas.responses import (
    ChapterDraftFrame,
    ChapterFrame,
    ConceptsFrame,
    CreditsFrame,
    IdeasDraftFrame,
    ProgressFrame,
    ProjectFrame,
)
from api.streaming.frames import Framing, frame, framed, progress_of
from api.streaming.hub import Streams, Turned
from projections.engine.changes import Attendance, Change, Drafted, Moved


class UserStream:
    """Not shared between tasks."""

    def __init__(self, streams: Streams, user_id: UUID, framing: Framing = frame) -> None:
        self._queries = streams.queries
        self._user_id = user_id
        self._framing = framing
        self._progress: dict[UUID, ProgressFrame] = {}
        # what is shown of a projection that moves; of others nothing
        self._shown: dict[str, Callable[[Moved], Awaitable[list[bytes]]]] = {
            "genesis_session": self._session,
            "novels": self._books,
            "credits": self._credits,
            "projects": self._project,
            "chapters": self._chapter,
            "book_concepts": self._concepts,
        }

    async def opening(self) -> AsyncGenerator[list[bytes]]:
        sessions = await self._queries.sessions(self._user_id)
        yield [framed(self._framing, "sessions", sessions), await self._novels()]

    async def parts(self, change: Change | Turned) -> list[bytes]:
        if isinstance(change, Attendance | Turned):
            return []
        if isinstance(change, Drafted):
            if isinstance(change.content, dict) and (scene := change.content.get("scene")) is not None:
                return [self._scene(change, scene)]
            if isinstance(change.content, dict) and (step := change.content.get("step")) is not None:
                return [self._step(change, step)]
            progress = progress_of(change)
            if self._progress.get(change.session_id) == progress:
                return []
            self._progress[change.session_id] = progress
            return [framed(self._framing, "progress", progress)]
        shown = self._shown.get(change.projection)
        return await shown(change) if shown is not None else []

    def _scene(self, change: Drafted, scene: JsonValue) -> bytes:
        assert isinstance(scene, dict), "as flows/workflow/draft_chapter.py shows it"
        told = ChapterDraftFrame.model_validate(
            scene
            | {
                "chapter_id": change.session_id,
                "correlation_id": change.correlation_id,
                "seq": change.seq,
                "percent": change.percent,
                "phase": change.phase,
            }
        )
        return framed(self._framing, "chapter_draft", told)

    def _step(self, change: Drafted, step: JsonValue) -> bytes:
        assert isinstance(step, dict), "as flows/workflow/initiate.py shows it"
        told = IdeasDraftFrame.model_validate(
            step
            | {
                "project_id": change.session_id,
                "correlation_id": change.correlation_id,
                "seq": change.seq,
                "percent": change.percent,
                "phase": change.phase,
            }
        )
        return framed(self._framing, "ideas_draft", told)

    async def _session(self, moved: Moved) -> list[bytes]:
        item = await self._queries.session_item(moved.stream_id, self._user_id)
        return [framed(self._framing, "session", item)] if item is not None else []

    async def _books(self, _: Moved) -> list[bytes]:
        return [await self._novels()]

    async def _credits(self, moved: Moved) -> list[bytes]:
        return [framed(self._framing, "credits", CreditsFrame(version=moved.version))]

    async def _project(self, moved: Moved) -> list[bytes]:
        return [framed(self._framing, "project", ProjectFrame(project_id=moved.stream_id, version=moved.version))]

    async def _concepts(self, moved: Moved) -> list[bytes]:
        return [framed(self._framing, "concepts", ConceptsFrame(project_id=moved.stream_id, version=moved.version))]

    async def _chapter(self, moved: Moved) -> list[bytes]:
        return [framed(self._framing, "chapter", ChapterFrame(chapter_id=moved.stream_id, version=moved.version))]

    async def _novels(self) -> bytes:
        return framed(self._framing, "novels", await self._queries.novels(self._user_id))
