"""What becomes of an answer that code has judged: taken, taken if nothing better comes, or asked for again."""

from infrastructure.writers.model.chapter import judging
from infrastructure.writers.model.chapter.tries import Verdict


def verdict_of(found: judging.Judged) -> Verdict[judging.Judged]:
    """A refusal is final; a text with flaws that are not fatal is kept, ranked by how few they are."""
    if found.refused:
        return Verdict(None, "REFUSED", final=True)
    if not found.flaws:
        return Verdict(found, rank=100)
    usable = found if found.fatal is None else None
    return Verdict(usable, found.fatal or "FLAWED", judging.reason(found.flaws), rank=50 - len(found.flaws))
