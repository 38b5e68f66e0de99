"""Why a project's command is refused: the codes, and what is said of an entry that is not there."""

from domain.rejections import NotFound

PROJECT_EXISTS = "PROJECT_EXISTS"
TITLE_NEEDED = "TITLE_NEEDED"
SESSION_NOT_FINISHED = "SESSION_NOT_FINISHED"
NOT_A_CHAPTER = "NOT_A_CHAPTER"
ENTRY_IN_ITSELF = "ENTRY_IN_ITSELF"
ENTRY_REMOVED = "ENTRY_REMOVED"
ENTRY_NOT_REMOVED = "ENTRY_NOT_REMOVED"
MISPLACED_ENTRY = "MISPLACED_ENTRY"
TOO_DEEP = "TOO_DEEP"
CONTENTS_FULL = "CONTENTS_FULL"
TOO_MANY_WAIVERS = "TOO_MANY_WAIVERS"


def unknown_entry() -> NotFound:
    return NotFound("entry in these contents")
