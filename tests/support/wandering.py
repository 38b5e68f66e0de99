"""A writer who does whatever comes to mind: random steps of all kinds, of which some are refused."""

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage

from domain.aggregate import Body
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import (
    AbandonGenesis,
    CancelGeneration,
    ConfirmStage,
    EditContent,
    ExpireWait,
    ExtendSession,
    FailGeneration,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    PauseSession,
    ProvideFeedback,
    RecordProposals,
    SelectConcept,
)
from domain.genesis.session import Session
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import Rejection
from tests.support.commands import CONTENTS, Desk

INTERNAL = (RecordProposals, FailGeneration, PauseSession, ExpireWait)
WORDS = ("tide", "bell", "Ö", "海", "鐘聲", "“quoted”", "line\nbreak", "🌊", "~/", "<b>")
NUMBERS = (0, 50, 12.5, 0.1 + 0.2, 1e-7, 99.999999999, 100)


async def wander(
    chance: random.Random, desk: Desk, give: Callable[[Body], Awaitable[object]], look: Callable[[], Awaitable[object]]
) -> None:
    """Random steps in the session of `desk`; `look` after each that was taken."""
    for _ in range(chance.randint(3, 12)):
        session = await desk.store.load(GENESIS_SESSION, desk.session_id)
        with suppress(Rejection):
            await give(next_step(chance, session))
            await look()


def next_step(chance: random.Random, session: Session) -> Body:
    """What comes next, perhaps refused. Bodies of INTERNAL are our own processes'."""
    stage = chance.choice(STAGE_ORDER)
    if session.pending is not None and chance.random() < 0.7:
        return _outcome(chance, session.pending.correlation_id, session.pending.stage)
    proposal = _proposal(chance, session, stage)
    match chance.randrange(14):
        case 0 | 1:
            return GenerateInspiration(stage=stage, count=chance.choice((None, 1, 2)))
        case 2 if proposal is not None:
            return ProvideFeedback(proposal_id=proposal, text=_text(chance), path=chance.choice((None, "/title")))
        case 3 if proposal is not None:
            return ConfirmStage(stage=stage, proposal_id=proposal)
        case 4 | 5:
            return ConfirmStage(stage=stage, content=content(chance, stage))
        case 6 | 7:
            paths = chance.choice((None, (), (f"/{next(iter(CONTENTS[stage]))}",)))
            return EditContent(stage=stage, proposal_id=proposal, content=content(chance, stage), locked_paths=paths)
        case 8 if (concept := _proposal(chance, session, STAGE_ORDER[0])) is not None:
            return SelectConcept(proposal_ids=(concept,))
        case 9:
            return ExtendSession(hours=chance.randint(1, 300))
        case 10:
            return chance.choice((CancelGeneration(), PauseSession(), ExpireWait(turn=session.turn + 1)))
        case 11 if chance.random() < 0.3:
            return chance.choice((FinishGenesis(), AbandonGenesis(reason=_text(chance))))
        case _:
            return NavigateToStage(stage=stage)


def content(chance: random.Random, stage: GenesisStage) -> dict[str, Any]:
    """A content of the stage with texts and numbers that are easily spelt in two ways."""
    made: dict[str, Any] = {**CONTENTS[stage]}
    match stage:
        case GenesisStage.CONCEPT_SELECTION:
            made |= {"title": _text(chance), "themes": [_text(chance) for _ in range(chance.randrange(3))]}
        case GenesisStage.STORY_CONCEPTION:
            made |= {"working_title": _text(chance), "target_words": chance.randrange(2_000_000)}
        case GenesisStage.CHARACTERS:
            people = chance.sample(("ines", "mara", "0", "sea/shore", "~"), chance.randint(1, 4))
            made = {"characters": [{"id": one, "name": one, "one_line_storyline": _text(chance)} for one in people]}
        case GenesisStage.WORLDVIEW:
            made |= {"cultures": [_text(chance)]}
        case GenesisStage.PLOT_OUTLINE:
            beat = {"key": "midpoint", "label": "Midpoint", "summary": _text(chance)}
            made |= {"beats": [beat | {"target_pct": chance.choice(NUMBERS)}]}
    return made


def _outcome(chance: random.Random, work: UUID, stage: GenesisStage) -> Body:
    if chance.random() < 0.2:
        return FailGeneration(correlation_id=work, code="WRITER_FAILED", message=_text(chance))
    contents = tuple(content(chance, stage) for _ in range(chance.randint(1, 3)))
    return RecordProposals(
        correlation_id=work, contents=contents, writer="muse", model="muse", prompt_version="1", cost_usd=0.1
    )


def _proposal(chance: random.Random, session: Session, stage: GenesisStage) -> UUID | None:
    found = session.stages[stage].proposals
    return chance.choice(found).id if found else None


def _text(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 5)))
