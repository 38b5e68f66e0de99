"""What a model is asked of contents: what all batches share first, so that a server reads it once for all of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

from application.contents_writers import ContentsRequest
from infrastructure.writers.model.budget import Budget
from infrastructure.writers.model.digests import without_empty
from infrastructure.writers.model.prompts import Part, Prompt, message, quoted, stored_prompt
from infrastructure.writers.model.tokens import tokens

_NEAR = 12
"""Chapters before the asked ones that are told in full, when not all can be."""

_SAID, _LINE = 300, 90  # characters


class _Cut(IntEnum):
    NOTHING = 0
    FAR = 1
    FIGURES = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class ContentsPrompts:
    request: ContentsRequest

    def batch(self, first: int, last: int, budget: Budget) -> Prompt:
        """Chapters `first` to `last`, behind those that are kept."""
        request = self.request
        asked = f"chapter {first}" if first == last else f"exactly {last - first + 1} chapters, {first} to {last},"
        task = (
            f"Plan {asked} of the {request.total} that the book is to have, each of about {request.words} words. "
            f"They lie between {100 * (first - 1) // request.total} and {100 * last // request.total} percent of it. "
            f"Write in this language (BCP 47): {quoted(request.book.language)}."
        )
        system = (Part("system", "contents", stored_prompt("contents")[1]),)
        for cut in _Cut:
            pieces = self._pieces(first, cut)
            parts = (*system, *(_piece(name, value) for name, value in pieces if value), Part("user", "task", task))
            total = tokens(message(parts, "system") + "\n\n" + message(parts, "user"), budget.model)
            if total <= (budget.room if cut < _Cut.FIGURES else budget.most):
                break
        return Prompt(parts, total, ("confirmed",) if cut else (), total <= budget.most)

    def _pieces(self, first: int, cut: _Cut) -> Sequence[tuple[str, Any]]:
        """From what changes least to what changes most."""
        request, book = self.request, self.request.book
        short = _SAID if cut < _Cut.FIGURES else _LINE
        told = {
            **{key: getattr(book, key) for key in ("title", "logline", "genre", "audience", "tone")},
            "rules": list(book.rules) if cut < _Cut.ALL else [],
            "people": [{"name": one.name, "said": one.said[:short]} for one in book.people],
            "places": [{"name": one.name, "said": one.said[:short]} for one in book.places] if cut < _Cut.ALL else [],
        }
        plot = {
            "structure": request.structure,
            "story": request.paragraph if cut < _Cut.ALL else "",
            "beats": [{**asdict(one), "summary": one.summary[: 3 * short]} for one in request.beats],
            "threads": [asdict(one) for one in request.threads] if cut < _Cut.ALL else [],
        }
        return [
            ("book", without_empty(told)),
            ("plot", without_empty(plot)),
            ("standing", self._standing(first, cut)),
            ("wishes", request.instructions.strip()),
        ]

    def _standing(self, first: int, cut: _Cut) -> list[dict[str, Any]]:
        """Every chapter that there is: those just before the asked ones with their purpose, others by title."""
        kept = [
            {"number": one.number, "part": one.part, "title": one.title, "purpose": one.plan.purpose,
             "plants": list(one.plan.plants), "pays": list(one.plan.pays)}
            for one in self.request.kept
        ]  # fmt: skip
        found = []
        for one in sorted([*map(asdict, self.request.standing), *kept], key=lambda one: one["number"]):
            near = first - _NEAR <= one["number"] <= first + 1
            if cut >= _Cut.ALL and not near:
                continue
            if cut >= _Cut.FAR and not near:
                told = {"number": one["number"], "title": one["title"][:_LINE], **_threads(one)}
            else:
                told = one | {"purpose": one["purpose"][:_SAID]}
            found.append(without_empty(told))
        return found


def _threads(one: dict[str, Any]) -> dict[str, Any]:
    return {key: one[key] for key in ("plants", "pays") if one.get(key)}


def _piece(name: str, value: Any) -> Part:
    return Part("user", name, f"<{name}>\n{quoted(value)}\n</{name}>")
