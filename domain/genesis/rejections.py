"""Why a command is refused: a code for programs, a sentence for writers. No status codes: the HTTP edge knows those."""

from uuid import UUID


class Rejection(Exception):
    """A decision against a command. Nothing was written."""

    code = "REJECTED"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SessionNotFound(Rejection):
    """No such session, or not this account's: the answer is the same on purpose."""

    code = "NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such session.")


class CommandActive(Rejection):
    """One generation per session at a time."""

    code = "COMMAND_ACTIVE"

    def __init__(
        self, message: str = "A generation is still running in this session. Wait for it, or stop it first."
    ) -> None:
        super().__init__(message)


class InvalidContent(Rejection):
    """Content that does not have its stage's shape. `errors` name each field."""

    code = "INVALID_REQUEST"

    def __init__(self, errors: tuple[tuple[str, str], ...]) -> None:
        super().__init__("The content does not have the shape of its stage.")
        self.errors = errors


class Refused(Rejection):
    """A rule of the domain says no."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def unknown_proposal(proposal_id: UUID) -> Refused:
    return Refused("UNKNOWN_PROPOSAL", f"There is no proposal {proposal_id} in this stage.")


SESSION_ENDED = "SESSION_ENDED"
SESSION_PAUSED = "SESSION_PAUSED"
SESSION_EXISTS = "SESSION_EXISTS"
STAGE_LOCKED = "STAGE_NOT_OPEN"
STAGE_EMPTY = "STAGE_EMPTY"
NOT_READY = "NOT_READY"
NOTHING_TO_CANCEL = "NOTHING_TO_CANCEL"
UNKNOWN_PATH = "UNKNOWN_PATH"
UNKNOWN_VERSION = "UNKNOWN_VERSION"
EMPTY_EDIT = "EMPTY_EDIT"
WRONG_STAGE = "WRONG_STAGE"
WORK_NOT_ACTIVE = "WORK_NOT_ACTIVE"
WAIT_OVER = "WAIT_OVER"
ALREADY_THERE = "ALREADY_THERE"
