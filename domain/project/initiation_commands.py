"""What can be asked of a project that begins from a keyword. Decisions on them are in decide_initiation.py."""

from typing import Annotated, ClassVar
from uuid import UUID

from genesis_types.enums import AudienceLevel, Intent, InternalCommandType, ProjectCommandType
from genesis_types.text import CleanText
from pydantic import AfterValidator, Field

from domain.aggregate import Body
from domain.genesis.commands import Instead, LanguageTag, ShortText
from domain.project.ideas import FEWEST_CONCEPTS, LONGEST_KEYWORD, MOST_CONCEPTS, Idea, Landscape, Thesis
from domain.work import CompleteWork, FailWork, RecordPiece


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise ValueError("must not be blank")
    return text


Keyword = Annotated[str, Field(min_length=1, max_length=LONGEST_KEYWORD), CleanText, AfterValidator(_one_line)]


class InitiateProject(Body):
    """Begins a project from a keyword: a writer makes a landscape of topics, a thesis, and concepts to choose from."""

    command_type: ClassVar = ProjectCommandType.INITIATE_PROJECT
    keyword: Keyword
    genre: ShortText = ""
    audience: ShortText = ""
    audience_level: AudienceLevel = AudienceLevel.GENERAL
    intent: Intent = Intent.FICTION
    language: LanguageTag = "en"
    writer: Instead = None


class ResumeInitiation(Body):
    """Asks for the steps that a failed or stopped initiation still lacks."""

    command_type: ClassVar = ProjectCommandType.RESUME_INITIATION
    writer: Instead = None


class CancelInitiation(Body):
    """Stops the writer. The steps that came stay."""

    command_type: ClassVar = ProjectCommandType.CANCEL_INITIATION


class ChooseConcept(Body):
    """Gives the project the title, the logline and the audience of one of its concepts."""

    command_type: ClassVar = ProjectCommandType.CHOOSE_CONCEPT
    concept_id: UUID


class RecordLandscape(RecordPiece):
    command_type: ClassVar = InternalCommandType.RECORD_LANDSCAPE
    landscape: Landscape


class RecordThesis(RecordPiece):
    command_type: ClassVar = InternalCommandType.RECORD_THESIS
    thesis: Thesis


class RecordConcepts(RecordPiece):
    command_type: ClassVar = InternalCommandType.RECORD_CONCEPTS
    concepts: Annotated[tuple[Idea, ...], Field(min_length=FEWEST_CONCEPTS, max_length=MOST_CONCEPTS)]


class CompleteIdeation(CompleteWork):
    """Internal: all steps have been recorded."""

    command_type: ClassVar = InternalCommandType.COMPLETE_IDEATION


class FailInitiation(FailWork):
    """Internal: the initiation has ended before its last step."""

    command_type: ClassVar = InternalCommandType.FAIL_INITIATION


InitiationBody = InitiateProject | ResumeInitiation | CancelInitiation | ChooseConcept
InitiationInternalBody = RecordLandscape | RecordThesis | RecordConcepts | CompleteIdeation | FailInitiation
