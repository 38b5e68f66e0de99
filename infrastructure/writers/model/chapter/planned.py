"""Reads the scenes that a model has planned: the form of its answer, and the aims that stand in it."""

from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.chapter.planning import LONGEST_AIM
from infrastructure.writers.model.chapter.tries import Verdict
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import Json, closed


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
