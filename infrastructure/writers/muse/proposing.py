"""A round of the muse: fresh variants, or one proposal refined."""

import copy
from collections.abc import Collection
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content, pointer_parts, resolve
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.muse.characters import characters
from infrastructure.writers.muse.concept import concept
from infrastructure.writers.muse.conception import conception
from infrastructure.writers.muse.confirmed import plan_for
from infrastructure.writers.muse.decisions import Heard, Staged, turns
from infrastructure.writers.muse.intents import IntentKind, Outcome
from infrastructure.writers.muse.outline import outline
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import additions, joined, realiser, tone_sentences
from infrastructure.writers.muse.refine import Swaps, at_path, merged
from infrastructure.writers.muse.report import outcome, report
from infrastructure.writers.muse.spark import sentences
from infrastructure.writers.muse.template import Realiser
from infrastructure.writers.muse.world import worldview


def propose(request: WriterRequest) -> tuple[list[Content], list[tuple[str, ...]]]:
    """(contents, what changed in each). The contents have their stage's full shape."""
    heard = _heard(request)
    if request.target is not None:
        content, said = _refined(request, heard, request.target.content)
        return [content], [said]
    contents, adjustments = [], []
    used = [str(proposal.content.get("title") or "") for proposal in request.record.proposals]
    for index, turn in enumerate(turns(request)):
        _, content = compose(request, heard.after, turn, used, first=index == 0)
        used.append(str(content.get("title") or ""))
        outcomes = [outcome(intent, None, {}, content, content) for intent in heard.new]
        said = report(request, heard, outcomes, None)
        contents.append(_finished(request, content, said))
        adjustments.append(said)
    return contents, adjustments


def _heard(request: WriterRequest) -> Heard:
    """The feedback, understood with the names of the people; a name that it gives counts from then on."""
    plan = plan_for(request, (), turns(request)[0])
    people = {name: one.role for one in plan.people for name in (one.name, one.first)}
    for figure in (plan.figure, *plan.spark.figures[:1]):
        people |= dict.fromkeys((figure.the, f"the {figure.the.split()[-1]}"), "protagonist")
    heard = Heard(request, people)
    renamed = {one.value: one.target or "protagonist" for _, one in heard.after if one.kind is IntentKind.RENAME}
    return Heard(request, renamed | people) if renamed else heard


def compose(
    request: WriterRequest, staged: Staged, turn: int, used: Collection[str], *, first: bool = True, again: int = 0
) -> tuple[StoryPlan, Content]:
    """One variant from its seed. `used`: titles on the table already. `again`: the same decisions, other words."""
    plan = plan_for(request, staged, turn)
    stage, title = request.work.stage, request.premise.title
    writer = realiser(plan, stage, turn + again)
    match stage:
        case GenesisStage.CONCEPT_SELECTION:
            content: Content = concept(plan, writer, used, title, first)
        case GenesisStage.STORY_CONCEPTION:
            content = conception(plan, writer, title)
        case GenesisStage.CHARACTERS:
            content = characters(plan, writer)
        case GenesisStage.WORLDVIEW:
            content = worldview(plan, writer)
        case _:
            content = outline(plan, writer)
    return plan, full(stage, content)


def full(stage: GenesisStage, content: Content) -> Content:
    """`content` validated and in its full shape. Raises pydantic's ValidationError: a fault of ours."""
    return STAGE_BY_KEY[stage].content.model_validate(content).model_dump(mode="json")


def _refined(request: WriterRequest, heard: Heard, target: Content) -> tuple[Content, tuple[str, ...]]:
    """The target with the difference that the new intents make to its plan, and everything else as it was."""
    stage, turn = request.work.stage, turns(request)[0]
    before, base = compose(request, heard.before, turn, ())
    plan, new = compose(request, heard.after, turn, ())
    target = full(stage, target)
    alone = [
        compose(request, (*heard.before, (stage, heard.after[at][1])), turn, ())[1] for at in range(-len(heard.new), 0)
    ]
    for at, intent in enumerate(heard.new):
        if intent.kind is IntentKind.REWRITE:
            new = alone[at] = _again(request, heard, target, new, intent.value)
    changed = merged(base, new, copy.deepcopy(target), _swaps(before, plan, heard))
    changed |= {
        key: plan.decided.of(IntentKind.TITLE) or changed[key] for key in ("title", "working_title") if key in changed
    }
    changed = _without(plan, changed)
    if heard.path is not None and resolve(target, heard.path)[0]:
        changed = _at_path(plan, realiser(plan, stage, turn), target, changed, heard.path)
    outcomes = [outcome(one, target, base, made, changed) for one, made in zip(heard.new, alone, strict=True)]
    if changed == target:
        outcomes = [Outcome.UNABLE if out is Outcome.DONE else out for out in outcomes]
    said = report(request, heard, outcomes, target)
    return _finished(request, changed, said), said


def _at_path(plan: StoryPlan, writer: Realiser, target: Content, changed: Content, path: str) -> Content:
    """Only what stands at `path` changes; a text there takes what is added and the wanted tone as its last sentence."""
    _, old = resolve(target, path)
    found, new = resolve(changed, path)
    if found and isinstance(old, str) and old == new and len(pointer_parts(path)) == 1:
        added = additions(plan, writer, plan.text("add_concept")), tone_sentences(plan, writer, path)
        more = [one for one in added if one and one not in old]
        changed = {**changed, pointer_parts(path)[0]: joined(plan, old, *more)}
    return at_path(target, changed, path)


def _again(request: WriterRequest, heard: Heard, target: Content, new: Content, part: str) -> Content:
    """`new` with a part of the content in other words: a field by its name, or everything but the titles."""
    keys = [key for key in new if key == part] or [key for key in new if key not in ("title", "working_title")]
    keys = [pointer_parts(heard.path)[0]] if heard.path is not None else keys
    for attempt in range(3, 12, 3):
        _, other = compose(request, heard.after, turns(request)[0], (), again=attempt)
        if any(other.get(key) != target.get(key) for key in keys):
            return {key: other[key] if key in keys else value for key, value in new.items()}
    return new


def _swaps(before: StoryPlan, after: StoryPlan, heard: Heard) -> Swaps:
    """Old names and new ones, the longest first, so that a full name goes before its parts."""
    pairs: dict[str, str] = {}
    for old, new in zip(before.people, after.people, strict=True):
        if old.name != new.name:
            pairs |= {old.name: new.name, old.first: new.first}
    if before.place.name != after.place.name:
        pairs[before.place.name] = after.place.name
    known = {person.role for person in before.people}
    pairs |= {
        one.target: one.value
        for one in heard.new
        if one.kind is IntentKind.RENAME and one.target and one.target not in known
    }
    return tuple(sorted(pairs.items(), key=lambda pair: -len(pair[0])))


def _without(plan: StoryPlan, content: Any) -> Any:
    """`content` without the sentences, of the writer's own too, that mention what was dropped; names and ids stay."""
    if not plan.decided.dropped:
        return content
    if isinstance(content, str):
        kept = "".join(part for part in sentences(content) if plan.allowed(part)).strip()
        return content if plan.allowed(content) else kept
    if isinstance(content, list):
        return [item for item in (_without(plan, item) for item in content) if item != ""]
    if isinstance(content, dict):
        fixed = ("id", "role", "key", "kind", "type", "status", "structure", "target_id", "parent_id", "name")
        return {
            key: value if key in fixed or key.endswith(("_id", "_ids")) else _without(plan, value) or value
            for key, value in content.items()
        }
    return content


def _finished(request: WriterRequest, content: Content, said: tuple[str, ...]) -> Content:
    stage = request.work.stage
    if stage is GenesisStage.CONCEPT_SELECTION:
        content = {**content, "adjustments_made": [line[:400] for line in said]}
    return full(stage, request.record.with_locks_kept(full(stage, content)))
