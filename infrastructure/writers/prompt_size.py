"""Tells before anything is sent how much of a request the configured model can read, and what would be left out."""

from dataclasses import dataclass

from application.writers import WriterRequest
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.settings import Settings
from infrastructure.writers.model.budget import answer_tokens, asked_in_parts, budget_for, is_own_server
from infrastructure.writers.model.parts.plans import most_parts
from infrastructure.writers.model.prompts import prompt


@dataclass(frozen=True, slots=True)
class PromptSize:
    """Tokens, by estimate: of the prompt, and of the model's whole context. `left_out` and `fits` as in Prompt.

    `parts`: how many requests it takes at most when all goes well, each as long as the prompt and what came before.
    """

    tokens: int
    context: int
    left_out: tuple[str, ...]
    fits: bool
    parts: int = 1


def prompt_size(settings: Settings, request: WriterRequest) -> PromptSize | None:
    """What the writer will find when it is asked; None: it is the muse, which reads everything."""
    name = settings.model.strip()
    if name.lower() in ("", "muse") or request.work.writer == "muse":
        return None
    own = is_own_server(settings.model_base_url)
    lean = is_lean(settings, request)
    kind = STAGE_BY_KEY[request.work.stage].content.__name__
    answer = answer_tokens(kind, request.work.count, lean=lean)
    answer = min(answer, settings.output_tokens or answer)
    budget = budget_for(name, own_server=own, context=settings.model_context_tokens, answer=answer)
    told = prompt(request, budget)
    parts = parts_of(settings, request)
    return PromptSize(told.tokens, budget.context, told.left_out, told.fits, parts)


def parts_of(settings: Settings, request: WriterRequest) -> int:
    """How many requests the configured model takes at most for this when all goes well."""
    kind = STAGE_BY_KEY[request.work.stage].content.__name__
    lean = is_lean(settings, request)
    wanted, longest, context = settings.model_parts, settings.model_max_output_tokens, settings.model_context_tokens
    begun = request.work.rest_of is not None
    if not begun and not asked_in_parts(wanted, kind, lean=lean, longest=longest, context=context):
        return 1
    return most_parts(request, lean=lean)


def is_lean(settings: Settings, request: WriterRequest) -> bool:
    """Whether the configured model is asked for the core alone."""
    auto = settings.model_profile == "auto" and is_own_server(settings.model_base_url)
    return request.work.fewer_details or settings.model_profile == "lean" or auto
