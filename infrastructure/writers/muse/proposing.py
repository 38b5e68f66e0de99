"""A round of the muse: fresh variants, or one proposal refined."""

import copy

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content, resolve
from infrastructure.writers.muse import adjust, weave
from infrastructure.writers.muse.bible import Bible
from infrastructure.writers.muse.carry import texts
from infrastructure.writers.muse.compose import compose, full
from infrastructure.writers.muse.hearing import Hearing, turns
from infrastructure.writers.muse.refine import Swaps, at_path, mentions, merged
from infrastructure.writers.muse.render import Pen
from infrastructure.writers.muse.retake import PARTS, again_at, written_again
from infrastructure.writers.muse.scrub import scrubbed
from infrastructure.writers.muse.tone import tone_sentences
from infrastructure.writers.muse.wishes import Wish, Wishes

_TITLES = {GenesisStage.CONCEPT_SELECTION: "title", GenesisStage.STORY_CONCEPTION: "working_title"}
_SUBTITLE = {"en": ": ", "zh": "："}


def propose(request: WriterRequest) -> tuple[list[Content], list[tuple[str, ...]]]:
    """(contents, what changed in each). The contents have their stage's full shape."""
    hearing = Hearing(request)
    if request.target is not None:
        content, said = _refined(request, hearing, request.target.content)
        return [content], [said]
    contents: list[Content] = []
    adjustments: list[tuple[str, ...]] = []
    stage = request.work.stage
    used = [str(proposal.content.get("title") or "") for proposal in request.record.proposals]
    for index, turn in enumerate(turns(request)):
        bible, content = compose(request, tuple(hearing.after), turn, used)
        pen = bible.pen()
        if stage is GenesisStage.CONCEPT_SELECTION:
            _session_title(bible, content, request.premise.title, index == 0, used)
            used.append(str(content["title"]))
        for _, wish in hearing.after:
            if wish.kind in ("note", "add"):
                weave.work_in(bible, pen, stage, content, wish)
        _ensure(bible, stage, content, hearing.new)
        said = _said(request, bible.language, hearing)
        contents.append(_finished(request, content, said))
        adjustments.append(said)
    return contents, adjustments


def _session_title(bible: Bible, content: Content, asked: str, first: bool, used: list[str]) -> None:
    """A title the writer has given stays in front; the variants tell themselves apart behind it."""
    title = bible.wishes.last("title") or asked
    if not title:
        return
    own = str(content["title"])
    fresh = title.casefold() not in {name.casefold() for name in used}
    content["title"] = title if fresh and first else f"{title}{_SUBTITLE[bible.language]}{own}"


def _refined(request: WriterRequest, hearing: Hearing, target: Content) -> tuple[Content, tuple[str, ...]]:
    stage, turn = request.work.stage, turns(request)[0]
    before, base = compose(request, tuple(hearing.before), turn, ())
    after, new = compose(request, tuple(hearing.after), turn, ())
    target = full(stage, target)
    pen = after.pen()
    swaps = _swaps(before, after, hearing)
    if hearing.path is not None and resolve(target, hearing.path)[0]:
        whole = merged(base, new, copy.deepcopy(target), swaps)
        if any(wish.kind == "retake" for wish in hearing.new):
            again = again_at(request, tuple(hearing.after), turn, whole, hearing.path)
            hearing.failed += [wish for wish in hearing.new if wish.kind == "retake"] if again == whole else []
            whole = again
        content = _at_path(after, pen, target, whole, hearing)
    else:
        content = merged(base, new, copy.deepcopy(target), swaps)
        for wish in hearing.new:
            if wish.kind == "retake":
                again = written_again(request, tuple(hearing.after), turn, content, wish)
                hearing.failed += [wish] if again == content else []
                content = again
        if stage is GenesisStage.CONCEPT_SELECTION or stage is GenesisStage.STORY_CONCEPTION:
            content[_TITLES[stage]] = after.wishes.last("title") or content[_TITLES[stage]]
        for wish in hearing.new:
            if wish.kind in ("note", "add"):
                weave.work_in(after, pen, stage, content, wish)
        _ensure(after, stage, content, hearing.new)
        content = scrubbed(content, after.wishes, after.language)
    said = _said(request, after.language, hearing)
    return _finished(request, content, said), said


def _swaps(before: Bible, after: Bible, hearing: Hearing) -> Swaps:
    """Old names and new ones, the longest first, so that a full name goes before its parts."""
    pairs: dict[str, str] = {}
    for old, new in zip(before.people, after.people, strict=True):
        if old.name != new.name:
            pairs |= {old.name: new.name, old.first: new.first}
    if before.place != after.place:
        pairs[before.place] = after.place
    pairs |= {wish.old: wish.value for wish in hearing.new if wish.kind == "rename" and wish.old}
    return tuple(sorted(pairs.items(), key=lambda pair: -len(pair[0])))


def _at_path(bible: Bible, pen: Pen, target: Content, whole: Content, hearing: Hearing) -> Content:
    """Only what stands at the feedback's path changes, and it does change. `whole`: the target changed throughout."""
    path = hearing.path or ""
    changed = at_path(copy.deepcopy(target), whole, path)
    _, value = resolve(changed, path)
    is_title = path.strip("/") in ("title", "working_title")
    if is_title:
        wanted = bible.wishes.last("title")
        free = " ".join(wish.value for wish in hearing.new if wish.kind == "note")
        wanted = wanted or (free if 0 < len(free) <= 60 else None)
        return at_path(changed, {**changed, path.strip("/"): wanted}, path) if wanted else changed
    field: Content = {"value": value}
    if isinstance(value, str):
        for wish in hearing.new:
            if wish.kind in ("note", "add", "trade"):
                weave.add_to(field, "/value", weave.sentence(bible, pen, wish), bible.language)
            elif wish.kind in ("name", "place") and not mentions(field, wish.value):
                weave.add_to(field, "/value", weave.sentence(bible, pen, Wish("add", wish.value)), bible.language)
        tones = Wishes(tuple(wish for wish in hearing.new if wish.kind == "tone")).tones
        _, before = resolve(target, path)
        if tones and field["value"] == before:
            weave.add_to(field, "/value", tone_sentences(bible, pen, path), bible.language)
        field = scrubbed(field, bible.wishes, bible.language)
        weave.put(changed, path, str(field["value"]))
        return changed
    return at_path(changed, scrubbed(changed, bible.wishes, bible.language), path)


def _ensure(bible: Bible, stage: GenesisStage, content: Content, wishes: tuple[Wish, ...]) -> None:
    """Whatever was named now is in the text, even where the stage's own sentences do not name it."""
    pen = bible.pen()
    for wish in wishes:
        if wish.kind in ("name", "place", "rename", "trade") and not mentions(content, wish.value):
            weave.work_in(bible, pen, stage, content, Wish("note" if wish.kind == "trade" else "add", wish.value))
        elif wish.kind == "tone" and stage in (
            GenesisStage.CHARACTERS,
            GenesisStage.PLOT_OUTLINE,
            GenesisStage.WORLDVIEW,
        ):
            text = tone_sentences(bible, pen, "ensured")
            if not any(
                mentions(content, part)
                for part in (
                    text,
                    tone_sentences(bible, pen, "people"),
                    tone_sentences(bible, pen, "world"),
                    tone_sentences(bible, pen, "plot"),
                )
            ):
                weave.add_to(content, weave.HOMES[stage], text, bible.language)


def _said(request: WriterRequest, language: str, hearing: Hearing) -> tuple[str, ...]:
    """What changed, wish by wish, and what was left alone."""
    said = [_line(request, language, hearing, wish) for wish in hearing.new]
    everything = any(wish.kind == "retake" and wish.value not in PARTS[request.work.stage] for wish in hearing.new)
    if hearing.path is not None:
        said.append(adjust.only_field(language, hearing.path))
    elif request.target is not None and said and not everything:
        said.append(adjust.kept(language))
    if request.target is None and hearing.before:
        said.append(adjust.earlier(language, [wish for _, wish in hearing.before]))
    if request.premise.language.lower().split("-")[0] not in ("en", "zh", "cmn", "yue"):
        said.append(adjust.language_note(language, request.premise.language))
    return tuple(dict.fromkeys(line for line in said if line))


def _line(request: WriterRequest, language: str, hearing: Hearing, wish: Wish) -> str:
    if wish in hearing.failed:
        return adjust.nothing_else(language, wish)
    if hearing.path is not None and wish.kind == "note":
        return adjust.path_note(language, hearing.path, wish.value)
    if wish.kind == "reject":
        without = Wishes((wish,))
        if request.target is None or all(without.allowed(text) for text in texts(request.target.content)):
            return adjust.kept_out(language, wish.value)
    return adjust.adjustment(language, wish)


def _finished(request: WriterRequest, content: Content, said: tuple[str, ...]) -> Content:
    stage = request.work.stage
    if stage is GenesisStage.CONCEPT_SELECTION:
        content = {**content, "adjustments_made": [line[:400] for line in said]}
    return full(stage, request.record.with_locks_kept(full(stage, content)))
