"""Plans the scenes of a chapter: from its plan where that is detailed, else from what a model answers."""

from genesis_types.words import count_words

from application.chapter_writers import ChapterRequest
from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.chapter.tries import Verdict
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import Json, closed
from infrastructure.writers.scene_lengths import steps

LONGEST_AIM = 600
_FREE = {
    "en": ("Open the chapter.", "Carry it further, and make it harder.", "Bring the chapter to its end."),
    "zh": ("开始这一章。", "往下推进，让事情变得更难。", "把这一章写到结尾。"),
}


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


def written_words(paragraphs: tuple[str, ...]) -> int:
    return count_words("\n".join(paragraphs))
