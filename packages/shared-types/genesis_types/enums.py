"""Every enumeration that the database, the services and the page share."""

from enum import StrEnum


class CommandStatus(StrEnum):
    RECEIVED = "RECEIVED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class TaskStatus(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class OutboxStatus(StrEnum):
    PENDING = "PENDING"
    SENT = "SENT"
    DEAD = "DEAD"


class HandleStatus(StrEnum):
    PENDING_PAUSE = "PENDING_PAUSE"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"
    EXPIRED = "EXPIRED"


class GenesisStatus(StrEnum):
    IN_PROGRESS = "IN_PROGRESS"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    ABANDONED = "ABANDONED"


class GenesisStage(StrEnum):
    CONCEPT_SELECTION = "CONCEPT_SELECTION"
    STORY_CONCEPTION = "STORY_CONCEPTION"
    WORLDVIEW = "WORLDVIEW"
    CHARACTERS = "CHARACTERS"
    PLOT_OUTLINE = "PLOT_OUTLINE"
    FINISHED = "FINISHED"


class GenesisMode(StrEnum):
    GUIDED = "guided"
    FREE_FORM = "free_form"


class StageStatus(StrEnum):
    EMPTY = "empty"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    STALE = "stale"


class Origin(StrEnum):
    """Who wrote a piece of content."""

    AI = "ai"
    HUMAN = "human"
    AI_EDITED = "ai_edited"


class CommandType(StrEnum):
    """The commands of the public interface."""

    START_GENESIS = "START_GENESIS"
    SELECT_CONCEPT = "SELECT_CONCEPT"
    GENERATE_INSPIRATION = "GENERATE_INSPIRATION"
    PROVIDE_FEEDBACK = "PROVIDE_FEEDBACK"
    CONFIRM_STAGE = "CONFIRM_STAGE"
    NAVIGATE_TO_STAGE = "NAVIGATE_TO_STAGE"
    FINISH_GENESIS = "FINISH_GENESIS"
    ABANDON_GENESIS = "ABANDON_GENESIS"
    EDIT_CONTENT = "EDIT_CONTENT"
    FIND_CONTRADICTIONS = "FIND_CONTRADICTIONS"
    CORRECT_CONTRADICTIONS = "CORRECT_CONTRADICTIONS"
    DISMISS_CONTRADICTIONS = "DISMISS_CONTRADICTIONS"
    RESTORE_CONTRADICTIONS = "RESTORE_CONTRADICTIONS"
    CANCEL_GENERATION = "CANCEL_GENERATION"
    EXTEND_SESSION = "EXTEND_SESSION"
    BRANCH_GENESIS = "BRANCH_GENESIS"


class ProjectCommandType(StrEnum):
    """The commands of the public interface that a project takes."""

    CREATE_PROJECT = "CREATE_PROJECT"
    IMPORT_PROJECT = "IMPORT_PROJECT"
    RENAME_PROJECT = "RENAME_PROJECT"
    ADD_ENTRY = "ADD_ENTRY"
    RENAME_ENTRY = "RENAME_ENTRY"
    MOVE_ENTRY = "MOVE_ENTRY"
    REMOVE_ENTRY = "REMOVE_ENTRY"
    RESTORE_ENTRY = "RESTORE_ENTRY"
    PLAN_CHAPTER = "PLAN_CHAPTER"
    WRITE_CONTENTS = "WRITE_CONTENTS"
    CANCEL_CONTENTS = "CANCEL_CONTENTS"
    ACCEPT_CONTENTS = "ACCEPT_CONTENTS"
    REFUSE_CONTENTS = "REFUSE_CONTENTS"
    WAIVE_CONTENTS_FINDING = "WAIVE_CONTENTS_FINDING"
    UNWAIVE_CONTENTS_FINDING = "UNWAIVE_CONTENTS_FINDING"
    INITIATE_PROJECT = "INITIATE_PROJECT"
    RESUME_INITIATION = "RESUME_INITIATION"
    CANCEL_INITIATION = "CANCEL_INITIATION"
    CHOOSE_CONCEPT = "CHOOSE_CONCEPT"
    WAIVE_FINDING = "WAIVE_FINDING"
    UNWAIVE_FINDING = "UNWAIVE_FINDING"
    DESCRIBE_BOOK = "DESCRIBE_BOOK"
    SET_STYLE = "SET_STYLE"


class ChapterCommandType(StrEnum):
    """The commands of the public interface that a chapter takes."""

    OPEN_CHAPTER = "OPEN_CHAPTER"
    EDIT_CHAPTER = "EDIT_CHAPTER"
    SET_CHAPTER_STATUS = "SET_CHAPTER_STATUS"
    DRAFT_CHAPTER = "DRAFT_CHAPTER"
    CANCEL_DRAFT = "CANCEL_DRAFT"
    ACCEPT_DRAFT = "ACCEPT_DRAFT"
    REFUSE_DRAFT = "REFUSE_DRAFT"
    LOCK_BLOCKS = "LOCK_BLOCKS"
    UNLOCK_BLOCKS = "UNLOCK_BLOCKS"
    REWRITE_SELECTION = "REWRITE_SELECTION"
    ACKNOWLEDGE_CHANGES = "ACKNOWLEDGE_CHANGES"


class DraftStatus(StrEnum):
    """How far something is that a writer makes in pieces: what came of a failed or stopped one is kept."""

    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"
    CANCELLED = "cancelled"


class InitiationStatus(StrEnum):
    """How far a project is that begins from a keyword: the steps that came of a failed or stopped one are kept."""

    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Intent(StrEnum):
    """What a book is to be."""

    FICTION = "fiction"
    NON_FICTION = "non_fiction"


class AudienceLevel(StrEnum):
    """How much a book may ask of its readers."""

    GENERAL = "general"
    CHILDREN = "children"
    YOUNG_ADULT = "young_adult"
    BEGINNER = "beginner"
    EXPERT = "expert"


class ChapterStatus(StrEnum):
    """How far a chapter is, as its writer says; the first text makes a draft or a planned one one in writing."""

    DRAFT = "draft"
    PLANNED = "planned"
    WRITING = "writing"
    WRITTEN = "written"
    REVISED = "revised"
    FINAL = "final"


class InternalCommandType(StrEnum):
    """Outcomes that our own processes record; refused over HTTP."""

    RECORD_PROPOSALS = "RECORD_PROPOSALS"
    RECORD_CONTRADICTIONS = "RECORD_CONTRADICTIONS"
    FAIL_GENERATION = "FAIL_GENERATION"
    PAUSE_SESSION = "PAUSE_SESSION"
    EXPIRE_WAIT = "EXPIRE_WAIT"
    RECORD_SCENE = "RECORD_SCENE"
    RECORD_DRAFT = "RECORD_DRAFT"
    FAIL_DRAFT = "FAIL_DRAFT"
    RECORD_CHAPTER_OUTLINE = "RECORD_CHAPTER_OUTLINE"
    RECORD_CONTENTS = "RECORD_CONTENTS"
    FAIL_CONTENTS = "FAIL_CONTENTS"
    RECORD_LANDSCAPE = "RECORD_LANDSCAPE"
    RECORD_THESIS = "RECORD_THESIS"
    RECORD_CONCEPTS = "RECORD_CONCEPTS"
    COMPLETE_IDEATION = "COMPLETE_IDEATION"
    FAIL_INITIATION = "FAIL_INITIATION"
