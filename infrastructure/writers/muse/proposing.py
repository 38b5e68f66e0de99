"""A round of the muse: fresh variants, or one proposal refined."""

import copy
from collections.abc import Collection
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content, overlay, pointer_parts, resolve
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.contents import texts
from infrastructure.writers.muse.characters import characters
from infrastructure.writers.muse.concept import concept, fitting, titles
from infrastructure.writers.muse.conception import conception
from infrastructure.writers.muse.confirmed import plan_for
from infrastructure.writers.muse.decisions import Decisions, Heard, turns
from infrastructure.writers.muse.intents import IntentKind, Outcome
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.outline import outline
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import additions, joined, realiser, tone_sentences
from infrastructure.writers.muse.refine import Swaps, at_path, first_time, merged, without
from infrastructure.writers.muse.report import outcome, report
from infrastructure.writers.muse.spark import also_called, sentences
from infrastructure.writers.muse.world import worldview

_TITLES = ("title", "working_title")


def propose(request: WriterRequest) -> tuple[list[Content], list[tuple[str, ...]]]:
    """(contents, what changed in each). The contents have their stage's full shape."""
    heard = _heard(request)
    if request.target is not None:
        content, said = _refined(request, heard, request.target.content)
        return [content], [said]
    contents: list[Content] = []
    said = report(request, heard, [_fresh(intent.kind) for intent in heard.new])
    used = [str(proposal.content.get("title") or "") for proposal in request.record.proposals]
    for index, turn in enumerate(turns(request)):
        _, content = compose(request, heard.after, turn, used, first=index == 0)
        used.append(str(content.get("title") or ""))
        contents.append(_finished(request, content, said))
    return contents, [said] * len(contents)


def _fresh(kind: IntentKind) -> Outcome:
    """What becomes of a wish for a fresh round, in which there is nothing yet to be written again."""
    return {IntentKind.NOTE: Outcome.NOTE, IntentKind.REWRITE: Outcome.UNABLE}.get(kind, Outcome.DONE)


def _heard(request: WriterRequest) -> Heard:
    """The feedback, understood with the names of the people; a name that it gives counts from then on."""
    plan = plan_for(request, Decisions(), turns(request)[0])
    people = {name: one.role for one in plan.people for name in (one.first, one.name)}
    for figure in (plan.figure, *plan.spark.figures[:1]):
        others = also_called(plan.language, figure)
        people |= dict.fromkeys((figure.the, f"the {figure.the.split()[-1]}", *others), "protagonist")
    heard = Heard(request, people)
    named = {one.value: one.target or "protagonist" for _, one in heard.after.staged if one.kind is IntentKind.RENAME}
    return (
        Heard(request, people | {name: role for name, role in named.items() if name not in people}) if named else heard
    )


def compose(
    request: WriterRequest,
    decided: Decisions,
    turn: int,
    used: Collection[str] = (),
    *,
    first: bool = True,
    again: int = 0,
) -> tuple[StoryPlan, Content]:
    """One variant from its seed. `used`: titles on the table already. `again`: the same decisions, other words."""
    plan, stage, title = plan_for(request, decided, turn), request.work.stage, request.premise.title
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
    before, base = compose(request, heard.before, turn)
    plan, new = compose(request, heard.after, turn)
    target = full(stage, target)
    alone = [compose(request, heard.with_(intent, stage=stage), turn) for intent in heard.new]
    acts = [content != base or one.decisions() != before.decisions() for one, content in alone]
    changed = merged(base, new, copy.deepcopy(target), _swaps(before, plan))
    for at, intent in enumerate(heard.new):
        if intent.kind is IntentKind.REWRITE:
            again = _again(request, heard, changed, intent.value)
            acts[at], changed = again != changed, again
    title = plan.decided.of(IntentKind.TITLE)
    for key in _TITLES:
        if title and key in changed:
            changed[key] = title
        elif changed.get(key) != target.get(key) and not fitting(plan, str(changed[key])):
            changed[key] = titles(plan, realiser(plan, stage, turn))[0]  # a long place made the title too long
    own = {part.strip() for text in texts(new) for part in sentences(text)}
    changed = without(first_time(own), without(plan.allowed, changed))
    if heard.path is not None and resolve(target, heard.path)[0]:
        changed = _at_path(plan, target, changed, heard.path)
    outcomes = [outcome(one, plan.language, target, changed, moved) for one, moved in zip(heard.new, acts, strict=True)]
    if heard.path is not None and changed == target:
        outcomes = [Outcome.UNABLE if one is Outcome.DONE else one for one in outcomes]
    asked = any(intent.kind is IntentKind.GENRE for intent in heard.new)
    said = report(request, heard, outcomes, *(one.words["label"] for one in (before, plan) if not asked))
    return _finished(request, changed, said), said


def _at_path(plan: StoryPlan, target: Content, changed: Content, path: str) -> Content:
    """Only what stands at `path` changes; a text there takes what is added and the wanted tone as its last sentence."""
    (_, old), (found, new), key = resolve(target, path), resolve(changed, path), pointer_parts(path)[0]
    if found and isinstance(old, str) and old == new and old == target.get(key) and key not in _TITLES:
        writer = realiser(plan, GenesisStage.CONCEPT_SELECTION, plan.turn)
        writer.said.update(part.strip() for text in texts(target) for part in sentences(text))
        added = additions(plan, writer, "add_concept"), tone_sentences(plan, writer, path)
        changed = {**changed, key: joined(plan, old, *(one for one in added if one not in old))}
    return at_path(target, changed, path)


def _again(request: WriterRequest, heard: Heard, content: Content, part: str) -> Content:
    """`content` with one of its parts, or everything but the title, in other words; as it is where there are none."""
    rest = [key for key in content if key not in (*_TITLES, "adjustments_made")]
    paths: list[str] = load("parts")[request.work.stage.value].get(part, rest if part == "all" else [])
    paths = [heard.path] if heard.path is not None and paths else paths
    for attempt in range(1, 7):
        _, other = compose(request, heard.after, turns(request)[0], again=attempt)
        if any(resolve(other, path) != resolve(content, path) for path in paths):
            return overlay(content, other, tuple(paths))
    return content


def _swaps(before: StoryPlan, after: StoryPlan) -> Swaps:
    """Old names and new ones, the longest first, so that a full name goes before its parts."""
    pairs: dict[str, str] = {}
    for old, new in zip(before.people, after.people, strict=True):
        if old.name != new.name:
            pairs |= {old.name: new.name, old.first: new.first}
    if before.place.name != after.place.name:
        pairs[before.place.name] = after.place.name
    return tuple(sorted(pairs.items(), key=lambda pair: -len(pair[0])))


def _finished(request: WriterRequest, content: Content, said: tuple[str, ...]) -> Content:
    stage = request.work.stage
    if stage is GenesisStage.CONCEPT_SELECTION:
        more: dict[str, Any] = {"adjustments_made": [line[:400] for line in said]}
        content = {**content, **more}
    return full(stage, request.record.with_locks_kept(full(stage, content)))
