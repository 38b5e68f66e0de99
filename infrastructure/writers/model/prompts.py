"""What a model is asked: the craft of the stage, and the material, which is data and never an instruction."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from application.writers import WriterRequest
from domain.genesis.events import GenerationRequested
from infrastructure.writers.model.angles import angles
from infrastructure.writers.model.asked_fields import asked_fields
from infrastructure.writers.model.budget import Budget, Cut
from infrastructure.writers.model.material import left_out, material, searched
from infrastructure.writers.model.parts.step import Step
from infrastructure.writers.model.tokens import tokens

PROMPTS = Path(__file__).parent.parent / "prompts"
_SEARCH = "agreement"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a request, as it is sent: `role` as in SentPart."""

    role: Literal["system", "user", "schema"]
    name: str
    text: str

    @property
    def hash(self) -> str:
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent. `tokens` is an estimate of it; `left_out` names what had to go; `fits`: it is not too long."""

    parts: tuple[Part, ...]
    tokens: int
    left_out: tuple[str, ...]
    fits: bool

    @property
    def instructions(self) -> str:
        return message(self.parts, "system")

    @property
    def question(self) -> str:
        return message(self.parts, "user")


def message(parts: Iterable[Part], role: str) -> str:
    """The text of a message that is made of parts."""
    return "\n\n".join(part.text for part in parts if part.role == role)


@lru_cache
def stored_prompt(name: str) -> tuple[str, str]:
    """(version, text) of a prompt file, whose first line is `version: N`."""
    first, _, text = (PROMPTS / f"{name}.md").read_text(encoding="utf-8").partition("\n")
    return first.removeprefix("version:").strip(), text.strip()


def instructions(work: GenerationRequested) -> str:
    return message(_instructions(work), "system")


def _instructions(work: GenerationRequested) -> tuple[Part, ...]:
    names = (_SEARCH,) if work.kind == "agreement" else ("every_stage", work.stage.lower())
    return tuple(Part("system", name, stored_prompt(name)[1]) for name in names)


def prompt_version(work: GenerationRequested) -> str:
    if work.kind == "agreement":
        return f"{_SEARCH}-{stored_prompt(_SEARCH)[0]}"
    stage = work.stage
    return f"{stage.lower()}-{stored_prompt(stage.lower())[0]}.{stored_prompt('every_stage')[0]}"


def prompt(request: WriterRequest, budget: Budget, step: Step | None = None) -> Prompt:
    """The request in words, cut to the budget where it has to be; with `step`, the request for that part.

    What all parts share stands first, and word for word the same: a server that keeps what it has read reads it once.
    """
    system = _instructions(request.work)
    fixed = tokens(message(system, "system"), budget.model)
    questions: dict[Cut, tuple[Part, ...]] = {}

    def tokens_with(cut: Cut) -> int:
        questions[cut] = _question(request, cut, step)
        return fixed + tokens(message(questions[cut], "user"), budget.model)

    cut = budget.fitting(tokens_with)
    total = fixed + tokens(message(questions[cut], "user"), budget.model)
    return Prompt((*system, *questions[cut]), total, left_out(request, cut), total <= budget.most)


def question(request: WriterRequest) -> str:
    """The material, each piece between its own marks, then the task, for a model that can read all of it."""
    return message(_question(request, Cut.NOTHING), "user")


def quoted(value: Any) -> str:
    """Compact JSON in which no mark can be forged, neither an opening nor a closing one."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _question(request: WriterRequest, cut: Cut, step: Step | None = None) -> tuple[Part, ...]:
    before = step.told if step else ()
    target = step.target if step else None
    given = (
        (name, target if name == "proposal_to_refine" and target else value) for name, value in material(request, cut)
    )
    pieces = ((name, value) for name, value in (*given, *before) if value)
    if request.work.kind == "agreement":
        pieces = ((name, value) for name, value in searched(request, cut) if value)
    told = (Part("user", name, f"<{name}>\n{quoted(value)}\n</{name}>") for name, value in pieces)
    return (*told, Part("user", "task", _task(request, step)))


def _task(request: WriterRequest, step: Step | None = None) -> str:
    work, record = request.work, request.record
    lines = []
    if work.kind == "agreement":
        return (
            "List what the stages in <confirmed> say against each other. Write “why” and “change” in this language "
            f"(BCP 47): {request.premise.language}. Quotations stay in their own."
        )
    if step is not None and not step.adjusts:
        lines.append(step.task)
    elif work.kind == "refinement":
        lines.append(
            "Refine <proposal_to_refine>. Do what <feedback_now> asks, keep to all earlier <feedback>, leave the rest "
            "as it is. List each change in the adjustments, with the words of the writer that it answers."
        )
        if asked_fields(request).kept:
            lines.append("Details that <proposal_to_refine> does not show stay as they are.")
        if work.count > 1:
            lines.append(f"Give exactly {work.count} refinements, each solving it in another way.")
        if step is not None:
            lines.append(step.task)
    else:
        variant = step.variant if step is not None else None
        many = work.count if variant is None else variant + 1
        chosen = angles(work.stage, many, str(request.session_id), skip=len(record.proposals))
        if work.count > 1:
            lines.append(f"Give exactly {work.count} proposals, in this order, each from an angle of its own:")
            lines += [f"{number}. {angle}" for number, angle in enumerate(chosen, start=1)]
        else:
            lines.append(step.task if step else "Give one complete proposal.")
            if variant is not None or (record.proposals and work.rest_of is None):
                lines.append(f"This time: {chosen[variant or 0]}")
        lines.append("The spark and the <wishes> count for more than an angle.")
        if record.proposals and work.rest_of is None:
            lines.append("Differ in substance from everything in <already_proposed>.")
    if record.locked_paths:
        lines.append("Keep the values in <locked> word for word, at their JSON pointers.")
    if work.instructions:
        lines.append("Follow the <wishes>.")
    lines.append(
        f"Write every text in this language (BCP 47): {request.premise.language}. "
        "Keys and fixed choices stay as the schema has them."
    )
    return "\n".join(lines)
