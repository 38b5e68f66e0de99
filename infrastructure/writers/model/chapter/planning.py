"""Plans the scenes of a chapter: from its plan where that is detailed, else from what a model answers."""

from genesis_types.words import count_words

from application.chapter_writers import ChapterRequest
from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.chapter.tries import Verdict
from infrastructure.writers.model.quality.text import sentences
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import Json, closed
from infrastructure.writers.muse.chapter.material import MOST_SCENES, MOST_WORDS, SCENE_WORDS, scene_count

LONGEST_AIM = 600
_DETAILED = 4
_FREE = {
    "en": ("Open the chapter.", "Carry it further, and make it harder.", "Bring the chapter to its end."),
    "zh": ("开始这一章。", "往下推进，让事情变得更难。", "把这一章写到结尾。"),
}


def wanted_words(request: ChapterRequest) -> int:
    """How long a chapter is written in one go."""
    return min(MOST_WORDS, request.target_words or 1_500)


def scenes_of(request: ChapterRequest) -> int:
    return min(MOST_SCENES, scene_count(wanted_words(request)))


def is_detailed(request: ChapterRequest) -> bool:
    """Whether the plan says enough of what happens to be divided by code."""
    return len(steps(request)) >= max(_DETAILED, scenes_of(request))


def steps(request: ChapterRequest) -> list[str]:
    """What the plan says happens, in order."""
    plan = request.plan
    told = [plan.goal, *sentences(plan.summary), plan.conflict, plan.turning_point, plan.outcome, plan.hook]
    return list(dict.fromkeys(" ".join(one.split()) for one in told if one.strip()))


def composed(request: ChapterRequest, of: int) -> tuple[str, ...]:
    """Aims for `of` scenes without asking anybody: what the plan says happens, shared out in order."""
    found = steps(request)
    free = _FREE["zh" if request.book.language.lower().startswith("zh") else "en"]
    aims = []
    for number in range(of):
        share = found[number * len(found) // of : (number + 1) * len(found) // of]
        usual = free[0] if number == 0 else free[2] if number == of - 1 else free[1]
        aims.append((" ".join(share) or usual)[:LONGEST_AIM])
    return tuple(aims)


def schema(of: int) -> Json:
    """The form of a scene plan: so many scenes, each with its aim, place, people and length in words."""
    text: Json = {"type": "string"}
    scene = closed(
        {
            "aim": text,
            "place": text,
            "people": {"type": "array", "items": text},
            "words": {"type": "integer"},
        }
    )
    return closed({"scenes": {"type": "array", "items": scene, "minItems": of, "maxItems": of}})


def read(answer: Answer, of: int) -> Verdict[tuple[str, ...]]:
    """The aims that a model has answered with, as one line each."""
    for found in candidates(answer.text or answer.thoughts):
        scenes = found.get("scenes") if isinstance(found, dict) else found
        if not isinstance(scenes, list):
            continue
        aims = [_aim(one) for one in scenes if isinstance(one, dict)]
        if len(aims) == len(scenes) == of and all(aims) and len(set(aims)) == of:
            return Verdict(tuple(aims))
    return Verdict(None, "BROKEN_ANSWER" if answer.text.strip() else "EMPTY")


def _aim(scene: dict[str, object]) -> str:
    people = scene.get("people")
    named = ", ".join(str(one) for one in people) if isinstance(people, list) else ""
    aim = " ".join(str(scene.get("aim") or "").split())
    where = "; ".join(filter(None, (" ".join(str(scene.get("place") or "").split()), named)))
    return (f"{aim} ({where})" if aim and where else aim)[:LONGEST_AIM]


def words_for(request: ChapterRequest, written: int, left: int) -> int:
    """How long the next of `left` scenes should be after `written` words."""
    return max(40, min(SCENE_WORDS, (wanted_words(request) - written) // max(1, left)))


def written_words(paragraphs: tuple[str, ...]) -> int:
    return count_words("\n".join(paragraphs))
