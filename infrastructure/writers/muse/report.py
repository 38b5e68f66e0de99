"""What the muse says about a round."""

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.muse.decisions import Heard
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.plan import StoryPlan


def phase_message(language: str, phase: str) -> str:
    return str(load(f"{language}/report")["phases"][phase])


def report(
    request: WriterRequest, heard: Heard, plan: StoryPlan, target: Content | None, content: Content
) -> tuple[str, ...]:
    return ()
