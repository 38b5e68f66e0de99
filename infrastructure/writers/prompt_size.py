"""Tells before anything is sent how much of a request a model can read, and what would be left out."""

import asyncio
import sys
from dataclasses import dataclass, replace

from application.writers import WriterRequest
from infrastructure.settings import Settings
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import MUSE, Stored, has_environment
from infrastructure.writers.limits import limits_for
from infrastructure.writers.model.budget import answer_tokens, budget_for, is_own_server
from infrastructure.writers.model.parts.counting import content_name, is_lean, parts_of
from infrastructure.writers.model.prompts import prompt
from infrastructure.writers.model.targets import Target, target_of


@dataclass(frozen=True, slots=True)
class PromptSize:
    """Tokens, by estimate: of the prompt, and of the model's whole context. `left_out` and `fits` as in Prompt.

    `fewer_helps`: whether fewer details would make it smaller; where few are asked for already they would not.
    `parts`: how many requests it takes at most when all goes well, each as long as the prompt and what came before.
    `seconds`: how long it may take at most, all parts and tries together.
    """

    tokens: int
    context: int
    left_out: tuple[str, ...]
    fits: bool
    fewer_helps: bool
    parts: int = 1
    seconds: int = 0


class PromptSizes:
    """Tells it of whoever a session would ask first."""

    def __init__(self, settings: Settings, connections: ModelConnections) -> None:
        self._settings = settings
        self._connections = connections

    async def of(self, request: WriterRequest) -> PromptSize | None:
        """None: it is the muse, which reads everything."""
        if request.work.writer == MUSE or request.user_id is None:
            return None
        environment = has_environment(self._settings)
        first = (await self._connections.line(request.user_id, request.session_id, environment=environment))[0]
        if first == MUSE:
            return None
        target = first.target(self._settings, None) if isinstance(first, Stored) else target_of(self._settings)
        # counting a long prompt takes some hundredths of a second, in which others want to be answered
        found = await asyncio.to_thread(prompt_size, target, request)
        return replace(found, seconds=min(found.seconds, int(self._settings.generation_deadline_seconds)))


def prompt_size(target: Target, request: WriterRequest) -> PromptSize:
    """What a writer will find when it asks this model."""
    own = is_own_server(target.base_url)
    lean = is_lean(target, request)
    kind = content_name(request)
    most = target.longest or sys.maxsize
    answer = min(most, answer_tokens(kind, request.work.count, lean=lean))
    fewer_helps = answer_tokens(kind, request.work.count, lean=True) < answer
    listed = f"{target.protocol}:{target.model}" if target.protocol in ("openai", "anthropic") else target.model
    budget = budget_for(listed, own_server=own, context=target.context, answer=answer)
    told = prompt(request, budget)
    parts = parts_of(target, request)
    seconds = int(limits_for(target.base_url, target.seconds).most(parts))
    return PromptSize(told.tokens, budget.context, told.left_out, told.fits, fewer_helps, parts, seconds)
