"""Tells before anything is sent how much of a request the configured model can read, and what would be left out."""

import sys
from dataclasses import dataclass

from application.writers import WriterRequest
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.settings import Settings
from infrastructure.writers.model.budget import answer_tokens, budget_for, is_own_server
from infrastructure.writers.model.prompts import prompt


@dataclass(frozen=True, slots=True)
class PromptSize:
    """Tokens, by estimate: of the prompt, and of the model's whole context. `left_out` and `fits` as in Prompt.

    `fewer_helps`: whether fewer details would make it smaller; where few are asked for already they would not.
    """

    tokens: int
    context: int
    left_out: tuple[str, ...]
    fits: bool
    fewer_helps: bool


def prompt_size(settings: Settings, request: WriterRequest) -> PromptSize | None:
    """What the writer will find when it is asked; None: it is the muse, which reads everything."""
    name = settings.model.strip()
    if name.lower() in ("", "muse") or request.work.writer == "muse":
        return None
    own = is_own_server(settings.model_base_url)
    lean = request.work.fewer_details or settings.model_profile == "lean" or (settings.model_profile == "auto" and own)
    kind = STAGE_BY_KEY[request.work.stage].content.__name__
    most = settings.output_tokens or sys.maxsize
    answer = min(most, answer_tokens(kind, request.work.count, lean=lean))
    fewer_helps = answer_tokens(kind, request.work.count, lean=True) < answer
    budget = budget_for(name, own_server=own, context=settings.model_context_tokens, answer=answer)
    told = prompt(request, budget)
    return PromptSize(told.tokens, budget.context, told.left_out, told.fits, fewer_helps)
