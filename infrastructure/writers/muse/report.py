"""What the muse says about a round: one sentence for each intent, honest about what it could not do."""

from collections.abc import Sequence

from application.writers import WriterRequest
from domain.genesis.old_names import stand_in
from domain.genesis.proposals import Content
from infrastructure.writers.contents import texts
from infrastructure.writers.muse.decisions import Heard
from infrastructure.writers.muse.intents import Intent, IntentKind, Outcome, adjustment, old_name_remains
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.plan import unwanted

_HELD_FOR_LATER = ("POINT_OF_VIEW", "TENSE", "LENGTH", "STRUCTURE", "ENDING")
"""Kinds that count in later stages too where the present one has no place for them."""

_OF_THE_PLAN = ("RENAME", "SEX", "PLACE", "TIME", "GENRE")
"""Kinds that always change the plan, unless it is so already."""


def _is_new(intent: Intent) -> bool:
    """Whether more changes than what was named."""
    return intent.kind is IntentKind.GENRE or intent.value == "all"


def phase_message(language: str, phase: str) -> str:
    return str(load(f"{language}/report")["phases"][phase])


def report(request: WriterRequest, heard: Heard, outcomes: Sequence[Outcome], *genres: str) -> tuple[str, ...]:
    """`outcomes`: one for each new intent; `genres`: the one before and the one after, where a drop moved the story."""
    data, language, done = load(f"{heard.language}/report"), heard.language, Outcome.DONE in outcomes
    said = [adjustment(one, language, outcome=out) for one, out in zip(heard.new, outcomes, strict=True)]
    said += [_old_names(request, heard, one) for one in heard.new if one.kind is IntentKind.RENAME]
    moved = len(set(genres)) > 1
    if moved:
        said.append(data["genre_moved"].format(*genres))
    if heard.path is not None:
        path = heard.path.removeprefix("/")
        said.append(data["path" if done else "path_unchanged"].format(data["fields"].get(path.split("/")[0], path)))
    elif request.target is not None and done and not moved and not any(_is_new(one) for one in heard.new):
        said.append(data["kept"])
    if request.target is None and heard.before.staged:
        earlier = [adjustment(one, language, outcome=Outcome.DONE).rstrip(".。") for _, one in heard.before.staged]
        said.append(data["earlier"].format(data["list_join"].join(dict.fromkeys(earlier))))
    if request.premise.language.lower().split("-", 1)[0] not in load("languages")[language]:
        said.append(data["language"].format(request.premise.language))
    return tuple(dict.fromkeys(line for line in said if line))


def outcome(intent: Intent, language: str, target: Content, after: Content, acts: bool) -> Outcome:
    """What became of an intent that made `after` of `target`. `acts`: it changes what is written, alone as well."""
    if intent.kind is IntentKind.NOTE:
        return Outcome.NOTE
    if intent.kind is IntentKind.DROP:
        pattern = unwanted(language, (intent.value,))
        there, left = (any(map(pattern.search, texts(content))) for content in (target, after))
        return Outcome.NEEDED if there and left else Outcome.DONE if there or acts else Outcome.ABSENT
    if acts or intent.kind.name in _HELD_FOR_LATER:
        return Outcome.DONE
    return Outcome.ALREADY if intent.kind.name in _OF_THE_PLAN else Outcome.UNABLE


def _old_names(request: WriterRequest, heard: Heard, intent: Intent) -> str:
    """Where the confirmed stages still have the name of somebody whom this feedback renames."""
    name = heard.called(intent)
    elsewhere = {
        f"{stage.value.lower()}/{key}": "\n".join(texts(value))
        for stage, content in request.confirmed.items()
        for key, value in content.items()
        if stage is not request.work.stage
    }
    places = stand_in([name], elsewhere)
    return old_name_remains(name, places, heard.language) if places else ""
