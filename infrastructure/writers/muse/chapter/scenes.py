"""Writes the scenes of a chapter: an opening, what the plan says, description and talk in turn, an ending."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from genesis_types.words import count_words

from application.chapter_writers import ChapterRequest, Scene
from infrastructure.writers.muse.chapter.material import (
    ScenePlan,
    after_colon,
    plain,
    scene_plans,
)
from infrastructure.writers.muse.chapter.people import Cast, cast_of
from infrastructure.writers.muse.chapter.prose import PARAGRAPH, Prose
from infrastructure.writers.muse.chapter.wishes import Wishes, wishes_of
from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.lexicon import language_of, load
from infrastructure.writers.scene_lengths import MOST_WORDS, SCENE_WORDS, scenes_of, wanted_words

_TURNS = {0: "d", 1: "dddt", 2: "dt", 3: "dtt"}
_KINDS = (
    *(("place", "act", "thought"), ("act", "place"), ("thought", "act"), ("place", "thought", "act")),
    *(("act", "thought", "place"), ("place", "act"), ("thought", "place", "act")),
)
_ENOUGH = {"en": 9, "zh": 14}  # words that are left when nothing more fits
_SINGLE = {"en": 55, "zh": 80}  # words that are left when only a sentence at a time is added
_SLACK = 0.15
_DATELINE = 120


@dataclass
class Chapter:
    """One chapter, scene after scene. `texts` are the scenes as they stand, kept ones as they were kept."""

    request: ChapterRequest
    language: str = field(init=False)
    cast: Cast = field(init=False)
    texts: list[Scene] = field(default_factory=list)
    ran_out: bool = False

    def __post_init__(self) -> None:
        self.language = language_of(self.request.book.language)
        self._data: Mapping[str, Any] = load(f"{self.language}/chapter")
        self.wishes: Wishes = wishes_of(plain(self.request.instructions))
        self.cast = cast_of(self.request, self.language, self.wishes.first)
        self._words = wanted_words(self.request)
        kept = self.request.kept
        self.of = max(kept[0].of, len(kept)) if kept else scenes_of(self.request)
        self._plans, self._cut = scene_plans(self.request, self.of, self.language)
        self._prose = Prose(self._data, Dice(_seed(self.request)), self.wishes.allows)
        self._turn = 0
        for paragraph in self.request.before:
            self._prose.say(paragraph)

    def scene(self, number: int) -> Scene:
        """The next scene. One that was kept is written all the same, so that what follows is what it would have been,

        and is then left as it was kept.
        """
        plan = self._plans[number - 1]
        done = sum(count_words("\n".join(scene.paragraphs)) for scene in self.texts)
        target = max(1, (self._words - done) // (self.of - number + 1))
        paragraphs = self._paragraphs(plan, min(SCENE_WORDS, target))
        scene = Scene(number, self.of, self._aim(plan), tuple(paragraphs))
        if number <= len(self.request.kept):
            scene = self.request.kept[number - 1]
            for paragraph in scene.paragraphs:
                self._prose.say(paragraph)
        self.texts.append(scene)
        return scene

    def summary(self) -> str:
        """What happens: in the plan's own words, else in those of the muse."""
        plan = self.request.plan
        parts = [plain(text) for text in (plan.summary, plan.turning_point, plan.outcome) if plain(text)]
        parts = parts or [plain(text) for text in (plan.goal, plan.conflict, plan.purpose, plan.hook) if plain(text)]
        text = ("" if self.language == "zh" else " ").join(dict.fromkeys(parts))[:2_000]
        return text or self._told("unknown", self._data["summary"])

    def notes(self) -> tuple[str, ...]:
        """What the novelist should know: what could not be done as it was asked, and what the muse added."""
        notes, cast = self._data["notes"], self.cast
        found = []
        tag = self.request.book.language
        if tag.lower().split("-", 1)[0] not in load("languages")[self.language]:
            found.append(notes["language"].format(tag=tag))
        if cast.nobody:
            found.append(notes["nobody"].format(me=cast.me, other=cast.others[0]))
        elif cast.stranger and self.wishes.talk:
            found.append(notes["stranger"].format(who=cast.others[0]))
        found += [notes["names"]] if cast.shortened else []
        found += [notes["trimmed"]] if self._cut else []
        found += [notes["wish"].format(text=text) for text in self.wishes.unheard[:5]]
        found += self._length_note()
        return tuple(found)

    def keep(self, text: str) -> None:
        """Something that stands beside the scenes: none of its sentences is written again."""
        self._prose.say(text)

    def aside(self, kind: str, number: int, left: int) -> list[str]:
        """Something more for a paragraph, of about `left` words: `description`, `talk`, or what somebody does."""
        words = self.cast.words(self.language, number, later=True)
        self._turn += 1
        if kind == "talk":
            return self._talk("press", words)
        if kind == "act" and (found := self._prose.pick(self._data["pools"]["act"], words)):
            return [found]
        return self._description(words, left)

    def joined(self, *texts: str) -> str:
        return ("" if self.language == "zh" else " ").join(texts)

    def note(self, key: str) -> str:
        """What the novelist is told of how the muse did it; "" for nothing."""
        return str(self._data["notes"].get(key, ""))

    def unheard(self) -> list[str]:
        return [self._data["notes"]["wish"].format(text=text) for text in self.wishes.unheard[:5]]

    def _length_note(self) -> list[str]:
        notes = self._data["notes"]
        words = sum(count_words("\n".join(scene.paragraphs)) for scene in self.texts)
        target = self.request.target_words or self._words
        if abs(words - target) <= target * _SLACK:
            return []
        reason = "from_plan" if words > target else "too_long" if target > MOST_WORDS else "ran_out"
        return [notes["length"].format(words=words, target=target, why=notes[reason].format(most=MOST_WORDS)).strip()]

    def _paragraphs(self, plan: ScenePlan, target: int) -> list[str]:
        self._prose.scene = plan.number
        words = self.cast.words(self.language, plan.number)
        later = self.cast.words(self.language, plan.number, later=True)
        words = words if plan.number == 1 else later
        head = self._head(plan, words, target)
        words = later
        tail = self._tail(plan, words)
        middle = [one for one in (self._framed(*insert, words) for insert in plan.middle) if one]
        budget = target - sum(map(count_words, (*head, *tail, *middle)))
        body: list[str] = []
        placed, written = 0, 0
        talk_pool = plan.phase
        single = False
        while True:
            while placed < len(middle) and written >= budget * (placed + 1) / (len(middle) + 1):
                body.append(middle[placed])
                placed += 1
                single = False
            left = budget - written
            if left < _ENOUGH[self.language]:
                break
            turns = _TURNS[self.wishes.talk]
            talks = turns[self._turn % len(turns)] == "t"
            self._turn += 1
            if talks and left > _SINGLE[self.language]:
                block = self._talk(talk_pool, words)
                talk_pool = "press"
            else:
                block = self._description(words, left)
            if not block:
                self.ran_out = True
                break
            written += sum(map(count_words, block))
            if single and left <= _SINGLE[self.language]:  # the last few sentences are one paragraph
                body[-1:] = [("" if self.language == "zh" else " ").join((body[-1], *block))]
            else:
                body += block
            single = left <= _SINGLE[self.language]
        return [*head, *body, *middle[placed:], *tail]

    def _head(self, plan: ScenePlan, words: Mapping[str, str], target: int) -> list[str]:
        pools, found = self._data["pools"], []
        if (
            plan.number == 1
            and not self.request.before
            and (line := self._dateline())
            and count_words(line) < target / 4
        ):
            found.append(line)
            self._prose.say(line)
        pool = "later" if plan.number > 1 else "carry_on" if self.request.before else "open"
        found += filter(None, [self._prose.pick(pools[pool], words, 1) or self._prose.pick(pools["place"], words)])
        return [*found, *filter(None, (self._framed(*insert, words) for insert in plan.first))]

    def _dateline(self) -> str:
        """Where and when, as a heading would say it."""
        plan, zh = self.request.plan, self.language == "zh"
        parts = [plain(text).strip(" .。,，;；") for text in (plan.place, plan.time)]
        line = ("，" if zh else ", ").join(part[:_DATELINE] for part in parts if any(map(str.isalnum, part)))
        return f"{line[:1].upper()}{line[1:]}{'。' if zh else '.'}" if line else ""

    def _tail(self, plan: ScenePlan, words: Mapping[str, str]) -> list[str]:
        found = [one for one in (self._framed(*insert, words) for insert in plan.last) if one]
        if any(key == "hook" for key, _ in plan.last):
            return found
        return [*found, *filter(None, [self._prose.pick(self._data["pools"]["scene_end"], words, 1)])]

    def _framed(self, key: str, text: str, words: Mapping[str, str]) -> str | None:
        said = after_colon(text, self.language)
        frame = self._prose.pick(self._data["frames"][key], {**words, "said": said})
        self._prose.say(text)
        return frame or text

    def _talk(self, pool: str, words: Mapping[str, str]) -> list[str]:
        talk = self._data["talk"]
        text = self._prose.pick(talk[pool], words, 1 if pool != "press" else None)
        text = text or self._prose.pick(talk["press"], words)
        return text.split(PARAGRAPH) if text else self._description(words, _SINGLE[self.language] + 1)

    def _description(self, words: Mapping[str, str], left: int) -> list[str]:
        """A paragraph of two or three sentences; of one, where more would be too many."""
        pools = self._data["pools"]
        kinds = self._prose.dice.order(f"kinds/{self._turn // len(_KINDS)}", _KINDS)[self._turn % len(_KINDS)]
        kinds = kinds if left > _SINGLE[self.language] else kinds[:1]
        found: list[str | None] = []
        named = False
        for kind in kinds:
            given = {**words, **self.cast.pronoun(self.language)} if named else words
            found.append(self._prose.pick(pools[kind], given))
            named = named or words["a"] in (found[-1] or "")
        if not any(found):
            found = [next(filter(None, (self._prose.pick(pools[kind], words) for kind in pools)), None)]
        text = ("" if self.language == "zh" else " ").join(filter(None, found))
        return [text] if text else []

    def _aim(self, plan: ScenePlan) -> str:
        return plan.aim or self._told(plan.phase, self._data["aims"], plan.number)

    def _told(self, key: str, templates: Mapping[str, str], number: int = 1) -> str:
        """A sentence about the story, not in it: people by their names, a matter of its own."""
        words = {**self.cast.words(self.language, number), "A": self.cast.me, "a": self.cast.me}
        matter = self._prose.dice.pick(f"told/{key}/{number}", self._data["slots"]["matter"])
        text = self._prose.fill(templates[key], {**words, "matter": matter})
        return text[:1].upper() + text[1:]


def _seed(request: ChapterRequest) -> str:
    """What a chapter is made of; the same for a repeated run, another one for a new request."""
    plan, book = request.plan.model_dump(mode="json"), asdict(request.book)
    parts = [str(request.correlation_id), request.title, plan, book, request.before, request.instructions]
    return json.dumps([*parts, request.target_words], ensure_ascii=True, default=list)
