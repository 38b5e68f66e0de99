"""What may have happened in a stream of each kind, at random: steps that are refused are left out."""

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from genesis_types.enums import ChapterStatus, GenesisMode

from application.idea_writers import STEPS
from domain.account.commands import ClosePeriod, ExpireGrants, SettleReservation
from domain.chapter.commands import (
    AcceptDraft,
    AcknowledgeChanges,
    CancelDraft,
    EditChapter,
    LockBlocks,
    RefuseDraft,
    SetChapterStatus,
    UnlockBlocks,
)
from domain.chapter.sources import source
from domain.genesis.commands import (
    ConfirmStage,
    EditContent,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    ProvideFeedback,
    StartGenesis,
)
from domain.genesis.events import Event
from domain.genesis.stages import STAGE_ORDER
from domain.project.commands import (
    MoveEntry,
    PlanChapter,
    RemoveEntry,
    RenameEntry,
    RenameProject,
    RestoreEntry,
    UnwaiveFinding,
    WaiveFinding,
)
from domain.project.contents_commands import (
    AcceptContents,
    CancelContents,
    FailContents,
    RecordChapterOutline,
    RecordContents,
    RefuseContents,
    UnwaiveContentsFinding,
    WaiveContentsFinding,
    WriteContents,
)
from domain.project.contents_events import ContentsRequested
from domain.project.initiation_commands import CancelInitiation, ChooseConcept, InitiateProject, ResumeInitiation
from domain.project.matter import BookMatter
from domain.project.matter_command import DescribeBook
from domain.project.plan import ChapterPlan
from domain.rejections import Rejection
from tests.support.account import Books, work
from tests.support.audit import entry
from tests.support.genesis import CONTENT, Story
from tests.support.ideas import Spark
from tests.support.project import Page, Shelf, delete, insert, move, replace


def account_history(chance: random.Random) -> list[Any]:
    """What an account may have gone through."""
    books = Books()
    books.grant(chance.randint(100, 1_000), days=chance.choice((None, 1, 3)))
    for number in range(chance.randint(1, 20)):
        with suppress(Rejection):
            books.reserve(number, chance.randint(1, 100))
        with suppress(Rejection):
            books.when(SettleReservation(reservation_id=work(chance.randint(0, number)), used=chance.randint(0, 150)))
        if chance.random() < 0.2:
            books.grant(chance.randint(1, 500))
        if chance.random() < 0.2:
            books.later(hours=30)
            books.when(ExpireGrants())
        if chance.random() < 0.1:
            books.when(ClosePeriod())
    return list(books.events)


def audit_history(chance: random.Random) -> list[Any]:
    """What others may have read of somebody's."""
    return [entry(number, export=chance.random() < 0.3) for number in range(1, chance.randint(2, 30))]


def session_history(chance: random.Random) -> list[Event]:
    """What a writer may have done: steps at random, those that are refused left out."""
    story = Story()
    story.when(StartGenesis(mode=GenesisMode.FREE_FORM, seed="a lighthouse"))
    for _ in range(chance.randint(3, 40)):
        stage = chance.choice(STAGE_ORDER)
        proposals = story.state.stages[stage].proposals
        step = chance.randrange(6)
        with suppress(Rejection):
            if step == 0:
                story.when(NavigateToStage(stage=stage))
            elif step == 1:
                story.when(GenerateInspiration(stage=stage))
                story.proposals_arrive(chance.randint(1, 3))
            elif step == 2 and proposals:
                story.when(ProvideFeedback(proposal_id=proposals[-1].id, text="darker"))
                story.proposals_arrive()
            elif step == 3:
                locked = [f"/{next(iter(CONTENT[stage]))}"] if chance.random() < 0.5 else None
                story.when(EditContent(stage=stage, content=CONTENT[stage], locked_paths=locked))
            elif step == 4:
                story.when(ConfirmStage(stage=stage, content=CONTENT[stage]))
            elif step == 5 and chance.random() < 0.3:
                story.when(FinishGenesis())
    return story.events


def project_history(chance: random.Random) -> list[Any]:
    """What a writer may have done to a book's contents, and to its ideas where it began from a keyword."""
    shelf = Shelf() if chance.random() < 0.5 else Shelf(InitiateProject(keyword="盐"))
    _ideas(shelf, chance)
    known = [shelf.add("part", "One"), shelf.add("chapter", "Low Water")]
    for number in range(chance.randint(2, 30)):
        one, other = chance.choice(known), chance.choice([None, *known])
        step = chance.randrange(13)
        with suppress(Rejection):
            if step > 7:
                _proposing(shelf, chance)
            elif step == 0:
                known.append(shelf.add(chance.choice(("part", "chapter", "section")), f"No. {number}", other))
            elif step == 1:
                shelf.when(MoveEntry(entry_id=one, parent_id=other, position=chance.randint(0, 3)))
            elif step == 2:
                shelf.when(RemoveEntry(entry_id=one))
            elif step == 3:
                shelf.when(RestoreEntry(entry_id=one))
            elif step == 6:
                waived = WaiveFinding(finding_id=one, reason="盐")
                shelf.when(chance.choice((waived, UnwaiveFinding(finding_id=other or one))))
            elif step == 4:
                shelf.when(PlanChapter(entry_id=one, plan=ChapterPlan(purpose="盐", target_words=number + 1)))
            elif step == 5:
                shelf.when(DescribeBook(matter=BookMatter(dedication=f"For {number}.", tells_ai_use=number % 2 == 0)))
            else:
                shelf.when(chance.choice((RenameEntry(entry_id=one, title="Flood"), RenameProject(title="Ebb"))))
    return shelf.facts


def _proposing(shelf: Shelf, chance: random.Random) -> None:
    """One step of contents by a writer, or of what is said of a finding about them."""
    project, finding_id = shelf.project, UUID(int=chance.randrange(3))
    if chance.random() < 0.2:
        shelf.when(WaiveContentsFinding(finding_id=finding_id, reason="Meant."))
    elif chance.random() < 0.2:
        shelf.when(UnwaiveContentsFinding(finding_id=finding_id))
    elif isinstance(project.work, ContentsRequested):
        _planning(shelf, project.work, chance.randrange(6))
    elif project.proposed is None or chance.random() < 0.3:
        first = chance.choice((None, 1))
        last = 2 if first else None
        shelf.when(WriteContents(from_chapter=first, to_chapter=last, go_on=chance.random() < 0.3))
    elif chance.random() < 0.8:
        shelf.when(AcceptContents(contents_id=project.proposed.contents_id, chapters=chance.choice((None, (1,)))))
    else:
        shelf.when(RefuseContents(contents_id=project.proposed.contents_id))


def _planning(shelf: Shelf, work: ContentsRequested, step: int) -> None:
    """Contents that are being written are stopped, fail, grow by a chapter, or end."""
    ours: dict[str, Any] = {"correlation_id": work.correlation_id}
    number = work.from_chapter + len(shelf.project.outlined)
    if step == 0:
        shelf.when(CancelContents())
    elif step == 1:
        shelf.when(FailContents(**ours, code="TIMED_OUT", message="Too late."), user_id=None)
    elif number <= work.to_chapter:
        plan = ChapterPlan(purpose="盐", plants=("The red door",), tension=number % 10)
        shelf.when(
            RecordChapterOutline(**ours, number=number, part="Ebb", title=f"No. {number}", plan=plan), user_id=None
        )
    else:
        shelf.when(RecordContents(**ours, writer="w", model="m", prompt_version="1"), user_id=None)


def _ideas(shelf: Shelf, chance: random.Random) -> None:
    """Some of the steps of an initiation, and a concept that is chosen."""
    if shelf.project.work is None:
        return
    spark = Spark.of(shelf)
    steps = STEPS[: chance.randint(0, 3)]
    spark.comes(*steps, cost_usd=chance.choice((None, 0.5)))
    if len(steps) < len(STEPS):
        if chance.random() < 0.5:
            spark.fails()
        else:
            spark.when(CancelInitiation())
        if chance.random() < 0.5:
            return
        spark.when(ResumeInitiation())
        spark.comes(*STEPS[len(steps) :])
    spark.ends()
    assert spark.project.initiation is not None
    for concept in chance.sample(spark.project.initiation.concepts, chance.randint(0, 2)):
        spark.when(ChooseConcept(concept_id=concept.concept_id))


def chapter_history(chance: random.Random) -> list[Any]:
    """What a writer may have done to a chapter's text, and had drafted."""
    page = Page()
    for number in range(chance.randint(1, 40)):
        shown = page.chapter.order.shown
        one, after = chance.choice(shown or (None,)), chance.choice((None, *shown))
        step = chance.randrange(11)
        with suppress(Rejection):
            if step == 8 and one is not None:
                page.when(chance.choice((LockBlocks, UnlockBlocks))(block_ids=(one,)))
            elif step == 9 and one is not None:
                edits = (replace(one, f"Otherwise told, {number}.", page.version(one)),)
                page.when(EditChapter(edits=edits, style_only=True))
            elif step == 10:
                page.when(AcknowledgeChanges(change_ids=(uuid4(),), reason=chance.choice(("", "盐"))))
            elif step > 5:
                _drafting(page, chance)
            elif one is None or step < 2:
                page.edit(insert(uuid4(), f"The tide went out, {number} “times”.\n", after))
            elif step == 2:
                page.edit(replace(one, "盐钟", page.version(one)), insert(uuid4(), "", one))
            elif step == 3:
                page.edit(delete(one, page.version(one)))
            elif step == 4:
                page.edit(move(one, page.version(one), after))
            else:
                page.when(SetChapterStatus(status=chance.choice(list(ChapterStatus))))
    return page.facts


def _drafting(page: Page, chance: random.Random) -> None:
    """One step of a draft."""
    draft = page.chapter.draft
    if page.chapter.work is not None:
        came, step = len(page.chapter.scenes), chance.randrange(6)
        if step == 0:
            page.draft_fails()
        elif step == 1:
            page.when(CancelDraft())
        elif draft is not None and came < (draft.selection.parts if draft.selection else 2):
            told = chance.choice((None, (source("plan", "Low water.", "goal", page.stream_id),)))
            of = draft.selection.parts if draft and draft.selection else 2
            page.scene_comes(came + 1, of, cost_usd=chance.choice((None, 0.5)), sources=told)
        else:
            page.draft_comes()
    elif draft is None or chance.random() < 0.3:
        shown = page.chapter.order.shown
        if shown and chance.random() < 0.5:
            page.ask_again(*chance.sample(shown, min(len(shown), 2)), wish=chance.choice(("longer", "continue")))
        else:
            page.ask(instructions="盐", go_on=chance.random() < 0.5, anew=chance.random() < 0.5)
    elif chance.random() < 0.8:
        page.when(
            AcceptDraft(
                draft_id=draft.draft_id, scenes=chance.choice((None, (1,), (2,))), replace=chance.random() < 0.3
            )
        )
    else:
        page.when(RefuseDraft(draft_id=draft.draft_id))


HISTORIES: Mapping[str, Callable[[random.Random], list[Any]]] = {
    "genesis_session": session_history,
    "account": account_history,
    "audit": audit_history,
    "project": project_history,
    "chapter": chapter_history,
}
"""By the stored name of the kind of stream."""
