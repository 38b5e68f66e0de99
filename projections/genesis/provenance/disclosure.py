"""Says in one page what of a work an AI wrote, for publishers, shops and readers. No text of the work is in it."""

from collections import defaultdict
from uuid import UUID

from projections.genesis.provenance.views import METHOD, AuthorShares, ProvenanceStep, SessionProvenance
from projections.genesis.views import View

_WRITERS = {"muse": "the muse: templates, not an AI"}


class WriterUse(View):
    """What one model did of what stands. cost_usd: null where one of its generations has no known price."""

    writer: str
    model: str
    prompt_versions: tuple[str, ...]
    generations: int
    cost_usd: float | None


class StageShare(View):
    stage: str
    label: str
    shares: AuthorShares


class Disclosure(View):
    """percent_ai, percent_muse, percent_edited, percent_person: of all characters of texts, with one decimal; null
    without any. What the muse wrote is in percent_muse, and in `shares.edited.muse` where it was then edited."""

    session_id: UUID
    version: int
    shares: AuthorShares
    percent_ai: float | None
    percent_edited: float | None
    percent_person: float | None
    percent_muse: float | None
    stages: tuple[StageShare, ...]
    writers: tuple[WriterUse, ...]
    edits: int
    feedback: int
    confirmations: int
    method: str


def disclosure(found: SessionProvenance) -> Disclosure:
    """Of everything that is confirmed."""
    shares, kinds = found.shares, [step.kind for step in found.steps]
    return Disclosure(
        session_id=found.session_id,
        version=found.version,
        shares=shares,
        percent_ai=_percent(shares.ai, shares.total),
        percent_edited=_percent(shares.edited.total, shares.total),
        percent_person=_percent(shares.person, shares.total),
        percent_muse=_percent(shares.muse, shares.total),
        stages=tuple(StageShare(stage=one.stage.value, label=one.label, shares=one.shares) for one in found.stages),
        writers=_writers(found.steps),
        edits=kinds.count("edited"),
        feedback=kinds.count("feedback"),
        confirmations=kinds.count("confirmed"),
        method=METHOD,
    )


def as_markdown(report: Disclosure) -> str:
    """The same for people."""
    lines = [
        "# How this work was made",
        "",
        f"Session `{report.session_id}`, version {report.version}.",
        "",
        "| stage | characters | an AI’s | the muse’s | proposed, then edited | a person’s |",
        "|---|---:|---:|---:|---:|---:|",
        *(_row(stage.label, stage.shares) for stage in report.stages),
        _row("**all**", report.shares),
        "",
        *_said(report.shares),
    ]
    if report.writers:
        lines += ["Of what stands, these wrote:", ""]
        lines += [
            f"- {_code(one.model)} ({_WRITERS.get(one.writer, one.writer)}; prompts {', '.join(one.prompt_versions)}): "
            f"{one.generations} generation{'s' if one.generations != 1 else ''}, {_cost(one.cost_usd)}"
            for one in report.writers
        ]
        lines.append("")
    lines += [
        f"A person edited {_times(report.edits)}, gave feedback {_times(report.feedback)}, and confirmed"
        f" {_times(report.confirmations)}.",
        "",
        report.method,
        "",
    ]
    return "\n".join(lines)


def _row(label: str, shares: AuthorShares) -> str:
    cells = [shares.ai, shares.muse, shares.edited.total, shares.person]
    said = [f"{cell:,} ({_percent(cell, shares.total):.1f} %)" if shares.total else "0" for cell in cells]
    return f"| {label} | {shares.total:,} | {' | '.join(said)} |"


def _said(shares: AuthorShares) -> list[str]:
    """What the columns alone do not tell: whose the edited texts are, and that the muse is no AI."""
    edited, said = shares.edited, list[str]()
    if edited.total:
        hands = ((edited.ai, "an AI’s"), (edited.muse, "the muse’s"), (edited.person, "a person’s"))
        told = ", ".join(f"{count:,} characters are {whose}" for count, whose in hands if count)
        said.append(f"Of the texts that were edited, {told}.")
    if shares.muse + edited.muse:
        said.append("The muse is a part of the studio that fills in templates: it is not an AI.")
    if shares.total and not shares.ai + edited.ai:
        said.append("Nothing that stands was written by an AI.")
    return [" ".join(said), ""] if said else []


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _code(name: str) -> str:
    """A model's name, which is anybody's text, as code in Markdown."""
    return f"`{name.replace('`', '’')}`"


def _cost(cost: float | None) -> str:
    return "at an unknown price" if cost is None else f"{cost:.4f} USD"


def _percent(part: int, total: int) -> float | None:
    return round(100 * part / total, 1) if total else None


def _writers(steps: tuple[ProvenanceStep, ...]) -> tuple[WriterUse, ...]:
    used: defaultdict[tuple[str, str], list[ProvenanceStep]] = defaultdict(list)
    for step in steps:
        if step.generation is not None:
            used[step.generation.writer, step.generation.model].append(step)
    found = []
    for (writer, model), generations in used.items():
        each = {one.correlation_id or step.number: one for step in generations if (one := step.generation) is not None}
        made = list(each.values())  # several changes may come from one search
        costs = [one.cost_usd for one in made]
        found.append(
            WriterUse(
                writer=writer,
                model=model,
                prompt_versions=tuple(dict.fromkeys(one.prompt_version for one in made)),
                generations=len(made),
                cost_usd=None if None in costs else sum(cost for cost in costs if cost is not None),
            )
        )
    return tuple(found)
