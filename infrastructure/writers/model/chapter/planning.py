"""Plans the scenes of a chapter by code: how many, how long, and what each is for where the plan says enough.

Knows no library of models, so that prices are reckoned by it in processes that load none.
"""

from genesis_types.words import count_words

from application.chapter_writers import ChapterRequest
from infrastructure.writers.muse.chapter.material import MOST_SCENES, MOST_WORDS, SCENE_WORDS, scene_count
from infrastructure.writers.text_units import sentences

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


def words_for(request: ChapterRequest, written: int, left: int) -> int:
    """How long the next of `left` scenes should be after `written` words."""
    return max(40, min(SCENE_WORDS, (wanted_words(request) - written) // max(1, left)))


def written_words(paragraphs: tuple[str, ...]) -> int:
    return count_words("\n".join(paragraphs))
