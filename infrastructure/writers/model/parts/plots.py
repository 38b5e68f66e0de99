"""Plans a plot: its beats, then its chapters in batches, each told of those before it."""

from collections.abc import Collection
from typing import Any

from application.writers import WriterRequest
from domain.genesis.proposals import Content, pointer_parts
from infrastructure.writers.model.part_kinds import Beats, Chapters
from infrastructure.writers.model.parts.items import Item, Kept, items_of
from infrastructure.writers.model.parts.step import Came, Step

CHAPTERS, BATCH = {True: 9, False: 20}, {True: 3, False: 5}


class PlotPlan:
    """The beats with acts, subplots and threads, then the chapters in batches, each told of those before it."""

    def __init__(self, request: WriterRequest, lean: bool) -> None:
        self._batch = BATCH[lean]
        lacking = request.record.lacking(request.work.rest_of)
        gone = [int(pointer_parts(path)[1]) for path in lacking.missing] if lacking is not None else []
        self._count = max(gone) + 1 if gone else CHAPTERS[lean]

    def most(self, kept: Kept) -> int:
        open_chapters = max(0, self._count - len(self._chapters(kept)))
        return ("beats" not in kept) - (-open_chapters // self._batch)

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None:
        if "beats" not in kept:
            return None if "beats" in given_up else _beats_step(1 + -(-self._count // self._batch))
        before = self._chapters(kept)
        first = len(before) + 1
        if first > self._count or f"chapters:{first}" in given_up:
            return None
        many = min(self._batch, self._count - first + 1)
        place = len(kept) + 1, len(kept) + self.most(kept)
        return _chapters_step(first, many, kept, before, count=self._count, place=place)

    def came(self, kept: Kept) -> list[Came]:
        chapters: Any = self._chapters(kept)
        if "beats" not in kept or not chapters:
            return []
        return [Came({**kept["beats"], "chapters": chapters}, self._missing(kept))]

    def begun(self, content: Content, missing: tuple[str, ...]) -> dict[str, Content]:  # noqa: ARG002
        plot = {key: value for key, value in content.items() if key in Beats.model_fields}
        return {"beats": plot, "chapters:1": {"chapters": content["chapters"]}}

    def shown(self, kept: Kept, key: str, draft: Content) -> tuple[Content, ...]:
        return (self._shown(kept, key, draft),)

    def _shown(self, kept: Kept, key: str, draft: Content) -> Content:
        if "beats" not in kept:
            return draft
        first = int(key.partition(":")[2])
        begun = [one | {"n": first + at} for at, one in enumerate(items_of(draft, "chapters"))]
        chapters: Any = [*self._chapters(kept), *begun]
        return {**kept["beats"], "chapters": chapters}

    def _missing(self, kept: Kept) -> tuple[str, ...]:
        return tuple(f"/chapters/{at}" for at in range(len(self._chapters(kept)), self._count))

    def _chapters(self, kept: Kept) -> list[Item]:
        found: list[Item] = []
        while (more := items_of(kept.get(f"chapters:{len(found) + 1}"), "chapters")) != []:
            found += more
        return found


def _beats_step(of: int) -> Step:
    return Step(
        key="beats",
        name="Beats",
        kind=Beats,
        number=1,
        of=of,
        task="First give only what carries the plot: its beats, and what else the form has. Chapters come afterwards.",
        items=("beats", 3, 30),
        picked=lambda content: content,
        needed=True,
    )


def _chapters_step(
    first: int, many: int, kept: Kept, before: list[Item], *, count: int, place: tuple[int, int]
) -> Step:
    last = first + many - 1

    def picked(content: Content) -> Content | None:
        given = items_of(content, "chapters")
        meant = [one for one in given if first <= one.get("n", 0) <= last] if len(given) > many else given
        chapters: Any = [one | {"n": first + at} for at, one in enumerate((meant or given)[:many])]
        return {"chapters": chapters}

    which = f"chapter {first}" if many == 1 else f"chapters {first} to {last}"
    beats = [[one["label"], one["summary"]] for one in items_of(kept["beats"], "beats")]
    chapters = [f"{one['n']}. {one['title']}: {one['summary']}" for one in before]
    follow = "; they follow from <chapters_so_far>" if before else ""
    return Step(
        key=f"chapters:{first}",
        name="Chapters",
        kind=Chapters,
        number=place[0],
        of=place[1],
        task=(
            f"The beats are settled: <beats>. The book has {count} chapters. Now give {which}, and no others{follow}."
        ),
        items=("chapters", many, many),
        told=(("beats", beats), ("chapters_so_far", chapters)),
        picked=picked,
        needed=True,
    )
