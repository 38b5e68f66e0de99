"""What a book has established of some people before one of its chapters: the facts that this chapter has to keep."""

from collections.abc import Collection, Sequence

from domain.continuity.facts import Chapter, Fact
from domain.continuity.people import People
from domain.continuity.timeline import facts

_LASTING = frozenset({"eyes", "hair", "handedness", "birthplace"})
"""So at any time: what is said first counts."""

_LATEST = frozenset({"age", "dead", "alive"})
"""What is said last counts."""

_EACH = frozenset({"wound", "learns", "knows"})
"""Each thing that is said counts, once, where it is said first."""

MOST_FACTS = 40


def book_facts(chapters: Sequence[Chapter]) -> tuple[tuple[Fact, ...], People]:
    """All that a book states of its people, in its order, and who they are. `chapters`: all, in their order."""
    people = People(chapters)
    kept = _LASTING | _LATEST | _EACH
    return tuple(one for one in facts(chapters, people) if one.person and one.kind in kept), people


def established(
    stated: Sequence[Fact], people: People, names: Collection[str], before: int, most: int = MOST_FACTS
) -> tuple[Fact, ...]:
    """Of those whom `names` name, what chapters before number `before` (from 0) state, in the order of the book.

    Of more than `most` the last ones.
    """
    wanted = {person for name in names if (person := people.person(" ".join(name.split())))}
    found = dict[tuple[str, ...], Fact]()
    for one in stated:
        if one.person not in wanted or one.when.chapter >= before:
            continue
        if one.kind in _LASTING:
            found.setdefault((one.person, one.kind), one)
        elif one.earlier:
            continue  # an age or a death of another time
        elif one.kind in _LATEST:
            found[one.person, "age" if one.kind == "age" else "life"] = one
        else:
            found.setdefault((one.person, one.kind, one.value), one)
    told = [one for one in found.values() if one.kind != "alive"]
    return tuple(sorted(told, key=lambda one: one.when)[-most:])
