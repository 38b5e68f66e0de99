"""Which parts a large content has, in what order, what is open, and what they make together. Pure: nothing is asked.

What is kept goes by keys without a text in them: `cast` and `person:3`, `beats` and `chapters:7` (from chapter 7 on),
`frame` and `places`; of a refinement `concerns` and `locations:0,4`; of the second of several proposals `2/cast`.
"""

from collections.abc import Collection
from typing import Protocol

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.parts.casts import CastPlan
from infrastructure.writers.model.parts.items import Kept
from infrastructure.writers.model.parts.plots import PlotPlan
from infrastructure.writers.model.parts.refinements import RefinementPlan
from infrastructure.writers.model.parts.step import Came, Step
from infrastructure.writers.model.parts.variants import VariantsPlan
from infrastructure.writers.model.parts.worlds import WorldPlan

LARGE = (GenesisStage.CHARACTERS, GenesisStage.WORLDVIEW, GenesisStage.PLOT_OUTLINE)


class Plan(Protocol):
    """The parts of one request. `kept` is what came; `given_up` are keys that are not asked for again this time."""

    def most(self, kept: Kept) -> int:
        """How many requests are open when all goes well; the most that can be, as long as that is not known."""
        ...

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None: ...

    def came(self, kept: Kept) -> list[Came]:
        """What came, each content as far as it did; what makes no content is not among it."""
        ...

    def begun(self, content: Content, missing: tuple[str, ...]) -> dict[str, Content]:
        """The parts of a proposal that are there, when `missing` are not; of a refinement, that these are open."""
        ...

    def shown(self, kept: Kept, key: str, draft: Content) -> tuple[Content, ...]:
        """What came, with what is there already of the part `key`."""
        ...


def plan_for(request: WriterRequest, *, lean: bool) -> Plan | None:
    """None for stages that are short."""
    work = request.work
    if work.stage not in LARGE:
        return None
    if work.kind == "refinement":
        return RefinementPlan(request, lean) if request.target is not None else None
    if work.count > 1:
        return VariantsPlan(work.stage, [_first(request, lean) for _ in range(work.count)])
    return _first(request, lean)


def most_parts(request: WriterRequest, *, lean: bool) -> int:
    """How many requests `request` takes at most when all goes well; 1: it is not asked for in parts."""
    plan = plan_for(request, lean=lean)
    return 1 if plan is None else max(1, plan.most(already(request, plan)))


def already(request: WriterRequest, plan: Plan) -> dict[str, Content]:
    """The parts that need not be asked for: those that were kept, and those of the proposal whose rest is wanted."""
    if request.kept or request.work.rest_of is None:
        return dict(request.kept)
    proposal, lacking = request.record.proposal(request.work.rest_of), request.record.lacking(request.work.rest_of)
    if proposal is None or lacking is None:
        return {}
    return plan.begun(proposal.content, lacking.unchanged if request.work.kind == "refinement" else lacking.missing)


def _first(request: WriterRequest, lean: bool) -> CastPlan | WorldPlan | PlotPlan:
    if request.work.stage is GenesisStage.CHARACTERS:
        return CastPlan(lean)
    return WorldPlan(request, lean) if request.work.stage is GenesisStage.WORLDVIEW else PlotPlan(request, lean)
