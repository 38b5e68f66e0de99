"""What a model is asked: the craft of the stage, and the material, which is data and never an instruction."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import resolve
from infrastructure.writers.muse.lexicon import load

PROMPTS = Path(__file__).parent.parent / "prompts"
_OTHERS_SHOWN = 12
"""Of a stage's earlier proposals the newest are shown, so that a long session does not outgrow the model."""


@lru_cache
def _prompt(name: str) -> tuple[str, str]:
    """(version, text) of a prompt file, whose first line is `version: N`."""
    first, _, text = (PROMPTS / f"{name}.md").read_text(encoding="utf-8").partition("\n")
    return first.removeprefix("version:").strip(), text.strip()


def instructions(stage: GenesisStage) -> str:
    return f"{_prompt('every_stage')[1]}\n\n{_prompt(stage.lower())[1]}"


def prompt_version(stage: GenesisStage) -> str:
    return f"{stage.lower()}-{_prompt(stage.lower())[0]}.{_prompt('every_stage')[0]}"


def question(request: WriterRequest) -> str:
    """The material, each piece between its own marks, then the task."""
    pieces = [f"<{name}>\n{_as_data(value)}\n</{name}>" for name, value in _material(request) if value]
    return "\n\n".join([*pieces, _task(request)])


def _material(request: WriterRequest) -> list[tuple[str, Any]]:
    record, work = request.record, request.work
    shortlist = [proposal.content for proposal in record.proposals if proposal.id in record.shortlist]
    others = [proposal.content for proposal in record.proposals if proposal != request.target]
    locked = {}
    base = record.lock_base or (request.target.content if request.target else {})
    for path in record.locked_paths:
        found, value = resolve(base, path)
        if found:
            locked[path] = value
    feedback = [
        {"stage": stage.value, "about": said.path or "all of it", "text": said.text, "now": said.id == work.feedback_id}
        for stage, said in request.feedback
    ]
    return [
        ("beat_presets", _presets() if work.stage is GenesisStage.PLOT_OUTLINE else None),
        ("spark", request.premise.seed),
        ("title", request.premise.title),
        ("genre", request.premise.genre),
        ("audience", request.premise.audience),
        ("confirmed", {stage.value: content for stage, content in request.confirmed.items()}),
        ("confirmed_before_in_this_stage", record.confirmed),
        ("shortlist", shortlist),
        ("already_proposed", others[-_OTHERS_SHOWN:]),
        ("proposal_to_refine", request.target.content if request.target else None),
        ("feedback", feedback),
        ("locked", locked),
        ("wishes", work.instructions),
    ]


def _presets() -> dict[str, Any]:
    return {
        structure: [{"key": key, "target_pct": percent} for key, percent in preset["beats"]]
        for structure, preset in load("beats").items()
    }


def _as_data(value: Any) -> str:
    """JSON in which no closing mark can be forged."""
    return json.dumps(value, ensure_ascii=False, indent=1).replace("</", "<\\/")


def _task(request: WriterRequest) -> str:
    work = request.work
    lines = []
    if work.kind == "refinement":
        lines.append(
            'Refine <proposal_to_refine>. Do what the <feedback> with "now": true asks, keep to all earlier feedback, '
            "and leave alone what nobody asked to change. List each change in the adjustments: what changed, and which "
            "words of the writer it answers."
        )
        if work.count > 1:
            lines.append(f"Give exactly {work.count} refinements, each solving it in another way.")
    elif work.count > 1:
        lines.append(f"Give exactly {work.count} proposals, each from a clearly different angle.")
    else:
        lines.append("Give one complete proposal.")
    if request.record.proposals and work.kind != "refinement":
        lines.append("Differ in substance from everything in <already_proposed>.")
    if request.record.locked_paths:
        lines.append("Keep the values in <locked> word for word, at their JSON pointers.")
    if work.instructions:
        lines.append("Follow the <wishes>.")
    lines.append(
        f"Write every text in this language (BCP 47): {request.premise.language}. "
        "Keys and fixed choices stay as the schema has them."
    )
    return "\n".join(lines)
