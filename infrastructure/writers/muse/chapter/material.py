"""What of a chapter's plan stands in which scene: its texts made fit for a paragraph, and shared out in order."""

import re
from dataclasses import dataclass

from genesis_types.text import clean
from genesis_types.words import count_words

from application.chapter_writers import ChapterRequest
from infrastructure.writers.muse.chapter.prose import told
from infrastructure.writers.muse.spark import sentences

SCENE_WORDS = 1_200
MOST_SCENES, FEWEST_SCENES = 8, 2
MOST_WORDS = SCENE_WORDS * MOST_SCENES
_USUAL_SCENE = 650
_SHARE, _LEAST, _MOST = 0.08, 12, 120  # of the chapter's words, for one text of the plan
_ENDED = re.compile(r"[.!?…。！？][\"”’»」』）)]*$")
_OPENING = re.compile(
    r"^(?:The|An?|To|She|He|They|It|There|His|Her|Their|When|After|In|On|At|By|That|One|Somebody|Someone|Nobody|Everybody"
    r"|Nothing|Everything|Now|Then|For|But|And|No|All)\b(?! [A-Z])"
)
_AIM = 200

Insert = tuple[str, str]  # which text of the plan it is, and the text
_INVISIBLE = re.compile("[\u2028\u2029\ufff9-\ufffb]")


@dataclass(frozen=True, slots=True)
class ScenePlan:
    """`phase`: open, press, turn or close. `first`, `middle`, `last`: texts of the plan, by where they stand."""

    number: int
    of: int
    phase: str
    first: tuple[Insert, ...] = ()
    middle: tuple[Insert, ...] = ()
    last: tuple[Insert, ...] = ()

    @property
    def aim(self) -> str:
        """What the plan says of this scene; "" where it says nothing."""
        text = next((text for _, text in (*self.middle, *self.first, *self.last)), "")
        return text if len(text) <= _AIM else text[:_AIM].rstrip() + "…"


def wanted_words(request: ChapterRequest) -> int:
    """How long the muse makes a chapter."""
    return min(MOST_WORDS, max(1, request.target_words or 1_500))


def scene_count(words: int) -> int:
    return max(FEWEST_SCENES, -(-words // SCENE_WORDS), min(MOST_SCENES, round(words / _USUAL_SCENE)))


def plain(text: str) -> str:
    """A text on one line, without what cannot be seen."""
    return " ".join(_INVISIBLE.sub(" ", str(clean(text.replace("\x00", "")))).split())


def scene_plans(request: ChapterRequest, of: int, language: str) -> tuple[list[ScenePlan], bool]:
    """(a plan for each scene, whether a text was too long to stand there whole)."""
    most = int(min(_MOST, max(_LEAST, wanted_words(request) * _SHARE)))
    seen: set[str] = set()
    cut = False
    texts: dict[str, list[str]] = {}
    for key, length in (
        ("goal", 1),
        ("conflict", 1),
        ("turning_point", 1),
        ("outcome", 1),
        ("hook", 1),
        ("summary", 2),
    ):
        texts[key], shorter = _fitted(plain(getattr(request.plan, key)), most * length, seen, language)
        cut = cut or shorter

    def whole(key: str) -> tuple[Insert, ...]:
        return ((key, " ".join(texts[key]) if language == "en" else "".join(texts[key])),) if texts[key] else ()

    told_in: dict[int, list[Insert]] = {}
    for at, one in enumerate(texts["summary"]):
        told_in.setdefault(1 + at * of // len(texts["summary"]), []).append(("summary", one))
    plans = []
    for number in range(1, of + 1):
        middle = list(told_in.get(number, ()))
        middle += whole("conflict") if number == min(2, of - 1) else ()
        middle += whole("turning_point") if number == (of if of == FEWEST_SCENES else of - 1) else ()
        plans.append(
            ScenePlan(
                number,
                of,
                _phase(number, of),
                whole("goal") if number == 1 else (),
                tuple(middle),
                (*whole("outcome"), *whole("hook")) if number == of else (),
            )
        )
    return plans, cut


def _phase(number: int, of: int) -> str:
    if number == 1:
        return "open"
    if number == of:
        return "close"
    return "turn" if number == of - 1 else "press"


def _fitted(text: str, most: int, seen: set[str], language: str) -> tuple[list[str], bool]:
    """(its sentences, none of them seen before, of at most so many words; whether some had to go)."""
    kept: list[str] = []
    left = most
    parts = [part.strip() for part in sentences(text)] if text else []
    for part in parts:
        known = told(part)
        if not any(char.isalnum() for char in part) or not seen.isdisjoint(known) or len(set(known)) < len(known):
            continue
        words = count_words(part)
        if words > left:
            if not kept:
                kept.append(_shortened(part, left))
                seen.update(told(kept[0]))
            return kept, True
        kept.append(
            part if _ENDED.search(part) else part.rstrip(",;:，；：、-–— ") + ("." if language == "en" else "。")
        )
        seen.update(known)
        left -= words
    return kept, False


def _shortened(text: str, words: int) -> str:
    """The beginning of a text, of about so many words."""
    length = min(len(text), words * 8)
    while length > 1 and count_words(text[:length]) > words:
        length = int(length * 0.9)
    head = text[:length]
    return (head[: head.rfind(" ")] if " " in head.strip() else head).rstrip(" ,;:，；：、") + "…"


def after_colon(text: str, language: str) -> str:
    """A text as it stands behind a colon: a small letter where the capital was only that of a sentence."""
    return text[:1].lower() + text[1:] if language == "en" and _OPENING.match(text) else text
