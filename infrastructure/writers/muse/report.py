"""What the muse says about a round: one sentence for each intent, honest about what it could not do."""

from collections.abc import Sequence

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_ORDER
from infrastructure.writers.contents import texts
from infrastructure.writers.muse.decisions import Heard
from infrastructure.writers.muse.intents import Intent, IntentKind, Outcome, adjustment, old_name_remains
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.plan import unwanted


def phase_message(language: str, phase: str) -> str:
    return str(load(f"{language}/report")["phases"][phase])


def report(
    request: WriterRequest, heard: Heard, outcomes: Sequence[Outcome], target: Content | None
) -> tuple[str, ...]:
    """`outcomes`: one for each new intent."""
    data = load(f"{heard.language}/report")
    said = [adjustment(one, heard.language, outcome=out) for one, out in zip(heard.new, outcomes, strict=True)]
    for intent in heard.new:
        said += _old_names(request, heard, intent)
    if heard.path is not None:
        said.append(data["path" if Outcome.DONE in outcomes else "path_unchanged"].format(heard.path.removeprefix("/")))
    elif target is not None and Outcome.DONE in outcomes and not any(one.value == "all" for one in heard.new):
        said.append(data["kept"])
    if target is None and heard.before:
        earlier = dict.fromkeys(adjustment(one, heard.language, outcome=Outcome.DONE) for _, one in heard.before)
        said.append(data["earlier"].format(data["list_join"].join(line.rstrip(".。") for line in earlier)))
    if request.premise.language.lower().split("-", 1)[0] not in ("en", "zh", "cmn", "yue"):
        said.append(data["language"].format(request.premise.language))
    return tuple(dict.fromkeys(line for line in said if line))


def outcome(intent: Intent, target: Content | None, before: Content, alone: Content, after: Content) -> Outcome:
    """What became of an intent. `alone`: what it makes of `before` without the others; `after`: the whole answer."""
    if intent.kind is IntentKind.NOTE:
        return Outcome.NOTE
    if intent.kind is IntentKind.DROP and target is not None:
        pattern = unwanted("en" if intent.value.isascii() else "zh", (intent.value,))
        there, left = (any(pattern.search(text) for text in texts(content)) for content in (target, after))
        return Outcome.NEEDED if there and left else Outcome.DONE if there or alone != before else Outcome.ABSENT
    if alone != before or intent.kind in _HELD_FOR_LATER:
        return Outcome.DONE
    if intent.kind is IntentKind.RENAME and any(intent.value in text for text in texts(before)):
        return Outcome.ALREADY
    return Outcome.UNABLE


_HELD_FOR_LATER = (
    IntentKind.POINT_OF_VIEW,
    IntentKind.TENSE,
    IntentKind.LENGTH,
    IntentKind.STRUCTURE,
    IntentKind.ENDING,
)
"""Decisions that show in the later stages too, so that they count where the present one has no place for them."""


def _old_names(request: WriterRequest, heard: Heard, intent: Intent) -> list[str]:
    """Where the confirmed stages still have the name of somebody whom this feedback renames."""
    if intent.kind is not IntentKind.RENAME:
        return []
    name = heard.called(intent)
    places = [
        f"{stage.value}/{key}"
        for stage in STAGE_ORDER
        if stage is not request.work.stage
        for key, value in request.confirmed.get(stage, {}).items()
        if name and any(name in text for text in texts(value))
    ]
    return [old_name_remains(name, places, heard.language)] if places else []
