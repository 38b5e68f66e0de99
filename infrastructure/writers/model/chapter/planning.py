"""Plans the scenes of a chapter by code: how many, how long, and what each is for where the plan says enough.

Knows no library of models, so that prices are reckoned by it in processes that load none.
"""

from genesis_types.words import count_words

from application.chapter_writers import ChapterRequest
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


def written_words(paragraphs: tuple[str, ...]) -> int:
    return count_words("\n".join(paragraphs))
