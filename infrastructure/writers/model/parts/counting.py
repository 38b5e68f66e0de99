"""Tells in how many requests a model is asked for a stage, and whether for all fields or the core alone."""

from application.writers import WriterRequest
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.model.budget import asked_in_parts, is_own_server
from infrastructure.writers.model.parts.plans import most_parts
from infrastructure.writers.model.parts.refinements import aimed_at
from infrastructure.writers.model.targets import Target


def parts_of(target: Target, request: WriterRequest) -> int:
    """How many requests this model takes at most for this when all goes well."""
    if request.work.kind == "agreement":
        return 1
    kind = content_name(request)
    lean = is_lean(target, request)
    begun = request.work.rest_of is not None
    if not begun and not asked_in_parts(
        target.parts,
        kind,
        lean=lean,
        longest=target.said_longest,
        context=target.context,
        aimed=aimed_at(request) is not None,
    ):
        return 1
    return most_parts(request, lean=lean)


def content_name(request: WriterRequest) -> str:
    """The kind of what is asked for, by which lengths go."""
    return "Contradictions" if request.work.kind == "agreement" else STAGE_BY_KEY[request.work.stage].content.__name__


def is_lean(target: Target, request: WriterRequest) -> bool:
    """Whether this model is asked for the core alone."""
    auto = target.profile == "auto" and is_own_server(target.base_url)
    return request.work.fewer_details or target.profile == "lean" or auto
