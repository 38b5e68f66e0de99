"""Divides a chapter into scenes: how many, how long each, and what of the plan is told; for every writer and price."""

from application.chapter_writers import ChapterRequest
from infrastructure.writers.text_units import sentences

SCENE_WORDS = 1_200
MOST_SCENES, FEWEST_SCENES = 8, 2
MOST_WORDS = SCENE_WORDS * MOST_SCENES
_USUAL_CHAPTER, _USUAL_SCENE = 1_500, 650
_DETAILED = 4


def wanted_words(request: ChapterRequest) -> int:
    """How long a chapter is written in one go, in words."""
    return min(MOST_WORDS, max(1, request.target_words or _USUAL_CHAPTER))


def scene_count(words: int) -> int:
    return max(FEWEST_SCENES, -(-words // SCENE_WORDS), min(MOST_SCENES, round(words / _USUAL_SCENE)))


def scenes_of(request: ChapterRequest) -> int:
    return min(MOST_SCENES, scene_count(wanted_words(request)))


def words_for(request: ChapterRequest, written: int, left: int) -> int:
    """How long the next of `left` scenes should be after `written` words."""
    return max(40, min(SCENE_WORDS, (wanted_words(request) - written) // max(1, left)))


def steps(request: ChapterRequest) -> list[str]:
    """What the plan says happens, in order."""
    plan = request.plan
    told = [plan.goal, *sentences(plan.summary), plan.conflict, plan.turning_point, plan.outcome, plan.hook]
    return list(dict.fromkeys(" ".join(one.split()) for one in told if one.strip()))


def is_detailed(request: ChapterRequest) -> bool:
    """Whether the plan says enough of what happens to be divided by code."""
    return len(steps(request)) >= max(_DETAILED, scenes_of(request))
